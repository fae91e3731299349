/* The workbench in JupyterLab's status bar: is this stage fresh, and if not, what does its change cost?

   Written by hand, without a build: a container of webpack's module federation that has one module, and
   takes what it needs of JupyterLab from the modules that the page shares. */
(() => {
  const NAME = "workbench-lab"
  const ID = `${NAME}:freshness`
  let shared = {}

  const take = async name => {
    const versions = shared[name]
    const factory = await versions[Object.keys(versions)[0]].get()
    return factory()
  }

  const plugin = (notebooks, statusbars, apputils, services, widgets) => ({
    id: ID,
    description: "Tells what a saved notebook makes stale.",
    autoStart: true,
    requires: [notebooks.INotebookTracker],
    optional: [statusbars.IStatusBar],
    activate: (app, tracker, statusbar) => {
      const settings = services.ServerConnection.makeSettings()
      const told = new Map()
      const turns = new Map()    // by path: how often it was asked
      const unsaid = new Set()   // paths that were saved since somebody was told
      const watched = new WeakSet()
      const item = new widgets.Widget({node: document.createElement("button")})
      item.addClass("workbench-freshness")
      Object.assign(item.node.style, {
        background: "none", border: "none", color: "inherit", font: "inherit", cursor: "pointer",
        maxWidth: "46vw", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap",
      })
      item.node.setAttribute("aria-live", "polite")

      const ask = async path => {
        const url = `${settings.baseUrl}workbench/freshness?path=${encodeURIComponent(path)}`
        const answer = await services.ServerConnection.makeRequest(url, {}, settings)
        if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
        return await answer.json()
      }

      const brief = found => {
        if (!found || (!found.stage && !found.error)) return ""
        if (found.error) return `✗ ${found.error}`
        return found.stale.length ? `● ${found.words}` : `✓ ${found.words}`
      }

      const show = () => {
        const panel = tracker.currentWidget
        const found = panel ? told.get(panel.context.path) : null
        item.node.textContent = brief(found)
        item.node.title = found?.error ? found.hint || "" : found?.stale?.length
          ? `Since it last ran: ${found.changes.join("; ")}. Press for more.` : ""
        item.node.hidden = !item.node.textContent
      }

      const look = async (path, isSaved) => {
        const turn = (turns.get(path) ?? 0) + 1
        turns.set(path, turn)
        if (isSaved) unsaid.add(path)
        let found
        try {
          found = await ask(path)
        } catch (error) {
          found = {stage: null, error: `The workbench does not answer: ${error.message}`, hint: ""}
        }
        if (turns.get(path) !== turn) return   // asked again meanwhile: that answer is newer
        const saved = unsaid.delete(path)
        const before = told.get(path)
        told.set(path, found)
        show()
        if (saved && found.stale?.length && brief(before) !== brief(found)) {
          apputils.Notification.info(found.words, {
            autoClose: 8000,
            actions: [{label: "Details", callback: () => detail(found)}],
          })
        } else if (saved && found.error && before?.error !== found.error) {
          apputils.Notification.warning(`${found.error} ${found.hint || ""}`, {autoClose: 10000})
        }
      }

      const list = (title, lines) => {
        const part = document.createElement("div")
        const head = document.createElement("h4")
        head.textContent = title
        const items = document.createElement("ul")
        for (const line of lines) {
          const one = document.createElement("li")
          one.textContent = line
          items.append(one)
        }
        part.append(head, items)
        return part
      }

      const detail = found => {
        const body = new widgets.Widget()
        if (found.error) body.node.append(list(found.error, found.hint ? [found.hint] : []))
        else if (!found.stale.length) body.node.append(list("Nothing that matters has changed", []))
        else {
          body.node.append(
            list("Changed since it last ran", found.changes),
            list("A run would make anew", found.stale),
            list("To do it", [found.command]),
          )
        }
        return apputils.showDialog({
          title: found.stage ? `Stage ${found.stage}` : "Workbench",
          body,
          buttons: [apputils.Dialog.okButton({label: "Close"})],
        })
      }

      item.node.addEventListener("click", () => {
        const found = told.get(tracker.currentWidget?.context.path)
        if (found) detail(found)
      })

      const watch = panel => {
        if (!panel || watched.has(panel)) return
        watched.add(panel)
        panel.context.saveState.connect((context, state) => {
          if (state === "completed") look(context.path, true)
        })
        panel.context.ready.then(() => look(panel.context.path, false))
      }

      tracker.widgetAdded.connect((_, panel) => watch(panel))
      tracker.forEach(watch)
      tracker.currentChanged.connect((_, panel) => { watch(panel); show() })
      if (statusbar) statusbar.registerStatusItem(ID, {item, align: "left", rank: 90})
      app.commands.addCommand(`${NAME}:tell`, {
        label: "Workbench: what does this notebook make stale?",
        execute: async () => {
          const path = tracker.currentWidget?.context.path
          if (!path) return
          await look(path, false)
          await detail(told.get(path))
        },
      })
      show()
    },
  })

  window._JUPYTERLAB = window._JUPYTERLAB || {}
  window._JUPYTERLAB[NAME] = {
    init: scope => { shared = scope },
    get: async () => {
      const [notebooks, statusbars, apputils, services, widgets] = await Promise.all([
        take("@jupyterlab/notebook"),
        take("@jupyterlab/statusbar"),
        take("@jupyterlab/apputils"),
        take("@jupyterlab/services"),
        take("@lumino/widgets"),
      ])
      const made = plugin(notebooks, statusbars, apputils, services, widgets)
      return () => ({__esModule: true, default: made})
    },
  }
})()
