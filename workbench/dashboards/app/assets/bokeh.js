// Where BokehJS would miss a change of the server's, or say more than is needed.
(() => {
  const {Document} = Bokeh.require("document/document")
  const {apply_json_patch} = Document.prototype

  // It takes what the server sent for new, and would send the whole of it back with the next word about it.
  Document.prototype.apply_json_patch = function (...given) {
    const own = [...this._new_models]
    apply_json_patch.apply(this, given)
    this._new_models = new Set(own)
  }

  // A layout hears of changes only once all beside it is built: let these views show what they missed.
  const level = async views => {
    for (const view of views) {
      const wanted = view.child_models ?? [], built = view._child_views ?? new Map()
      if (wanted.length !== built.size || wanted.some(model => !built.has(model))) await view.update_children()
      await level(view.child_views ?? [])
    }
  }

  window.workbench.level = level
})()
