// What a page does beside Bokeh: controls, the first look that the server made, and a lost connection.
(() => {
  const HOLD = 250            // milliseconds without a key before what is typed is told
  const waiting = new Map()   // by control: what was done to it before it lived
  const living = new Map()    // controls that live, by key
  const lists = new Set()     // lists that are open

  // Return what an event means to the server: the act, and by which value; null when it means nothing.
  const meant = event => {
    const node = event.target.closest?.("[data-act]")
    if (!node || node.disabled) return null
    const isField = /^(INPUT|SELECT|TEXTAREA)$/.test(node.nodeName)
    const kinds = node.dataset.on || (isField ? "change" : "click")
    if (!kinds.split(" ").includes(event.type)) return null
    const value = node.type === "checkbox" ? node.checked : "value" in node.dataset ? node.dataset.value : node.value
    return {act: node.dataset.act, value: value ?? "", name: node.dataset.name || ""}
  }

  const listen = (place, tell) => {
    let timer = 0
    const told = event => {
      const message = meant(event)
      if (!message) return
      clearTimeout(timer)
      const key = event.target.closest("[data-control]")?.dataset.control
      if (event.type === "input") timer = setTimeout(() => tell(message, key), HOLD)
      else tell(message, key)
    }
    for (const kind of ["click", "change", "input"]) place.addEventListener(kind, told)
    place.addEventListener("toggle", ({target}) => {
      if (target.classList.contains("many")) lists[target.open ? "add" : "delete"](target)
    }, true)
    place.addEventListener("keydown", event => {
      const open = event.key === "Escape" && event.target.closest?.("details.many[open]")
      if (open) { open.open = false; open.querySelector("summary").focus() }
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key]
      const at = step && event.target.closest?.("[role=tab], [role=radio]")
      if (!at) return
      const all = [...at.parentNode.children].filter(each => !each.disabled)
      const next = all[(all.indexOf(at) + step + all.length) % all.length]
      event.preventDefault()
      next?.focus()
      next?.click()
    })
    place.addEventListener("cancel", event => {   // Escape in a dialog: the server closes it
      const close = event.target.querySelector?.("[data-act=close]")
      if (close) { event.preventDefault(); close.click() }
    }, true)
  }

  addEventListener("pointerdown", event => {
    const path = event.composedPath()
    for (const open of lists) if (!path.includes(open)) open.open = false
  }, true)

  // Let `now` become what `next` is; what is the same stays: the caret, an open list, how far it is scrolled.
  const morph = (now, next) => {
    const olds = [...now.childNodes], news = [...next.childNodes]
    news.forEach((node, place) => {
      const old = olds[place]
      if (!old) now.append(node)
      else if (old.nodeName !== node.nodeName) old.replaceWith(node)
      else if (node.nodeType === 1) { morph(old, node); dress(old, node) }
      else if (old.data !== node.data) old.data = node.data
    })
    olds.slice(news.length).forEach(node => node.remove())
  }
  const dress = (old, node) => {
    for (const {name, value} of [...node.attributes])
      if (old.getAttribute(name) !== value) old.setAttribute(name, value)
    for (const {name} of [...old.attributes])
      if (!node.hasAttribute(name) && name !== "open") old.removeAttribute(name)
    const isTyping = old.getRootNode().activeElement === old
    if (old.nodeName === "OPTION") old.selected = node.selected
    else if (old.type === "checkbox") old.checked = node.checked
    else if ("value" in old && old.value !== node.value && !(isTyping && old.nodeName !== "SELECT")) old.value = node.value
  }

  const save = ({name, kind, text}) => hand({name, blob: new Blob([text], {type: kind})})
  const hand = ({name, blob}) => {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  }

  // Rows that lead somewhere, and figures that are saved: no word of the server's is needed for these.
  const NEAR = "a, button, input, label, select, textarea, summary"
  document.addEventListener("click", event => {
    const path = event.composedPath().filter(node => node.nodeType === 1)
    const row = path.findIndex(node => node.dataset.href)
    if (row >= 0 && !path.slice(0, row).some(node => node.matches(NEAR))) {
      const {href} = path[row].dataset
      if (event.ctrlKey || event.metaKey) open(href)
      else location.href = href
    }
    const button = path.find(node => node.dataset.save)
    if (button) draw_to_file(button.dataset)
  })
  const draw_to_file = async ({save: kind, figure, file}) => {
    const drawn = window.Bokeh?.documents.map(known => known.get_model_by_name(figure)).find(model => model)
    if (!drawn) return
    const blob = await Bokeh.index.find_one(drawn).export(kind).to_blob()
    hand({name: `${file}.${kind}`, blob})
  }

  // Show a control of the server's in its place; its component calls this.
  const show = (model, place) => {
    const shape = document.createElement("template")
    const draw = () => {
      shape.innerHTML = model.markup
      const wasOpen = place.querySelector("dialog[open]")
      morph(place, shape.content)
      if (wasOpen && !place.querySelector("dialog")) place.querySelector("button")?.focus()   // where it was asked
      for (const dialog of place.querySelectorAll("dialog")) {
        const wanted = "wanted" in dialog.dataset
        if (wanted && !dialog.open) dialog.showModal()
        if (!wanted && dialog.open) dialog.close()
      }
    }
    draw()
    listen(place, message => model.send_msg(message))
    model.on("markup", draw)
    model.on("msg:custom", save)
    living.set(model.key, model)
  }

  // What the server made of the page before any script of Bokeh's runs; it goes when the living page stands.
  const first = () => {
    const old = document.getElementById("first"), live = document.getElementById("live")
    const keep = (message, key) => waiting.set(key, [...(waiting.get(key) || []), message])
    const keys = [...old.shadowRoot.querySelectorAll("[data-control]")].map(node => node.dataset.control)
    listen(old.shadowRoot, keep)
    performance.mark("workbench first")
    const begun = new MutationObserver(() => {
      begun.disconnect()
      const host = document.createElement("div")   // closed: who looks for a thing on the page finds it once
      const closed = host.attachShadow({mode: "closed"})
      const {scrollTop} = document.documentElement
      closed.append(...old.shadowRoot.childNodes)
      listen(closed, keep)
      old.replaceWith(host)
      document.documentElement.scrollTop = scrollTop
      const ends = performance.now() + 20000
      const check = async () => {
        const roots = window.Bokeh?.index?.roots || []
        const stands = roots.length && roots.every(view => view.is_idle !== false) && keys.every(key => living.has(key))
        if (!stands && performance.now() < ends) { setTimeout(check, 20); return }
        await workbench.level(roots).catch(error => console.error(error))
        live.classList.remove("coming")
        host.remove()
        document.documentElement.dataset.lives = ""
        performance.mark("workbench live")
        for (const [key, messages] of waiting) for (const message of messages) living.get(key)?.send_msg(message)
        dispatchEvent(new Event("resize"))
      }
      check()
    })
    begun.observe(live, {childList: true, subtree: true})
  }

  // A page whose connection is lost says so, and begins anew when the server answers again.
  const Socket = window.WebSocket
  let leaves = false
  addEventListener("pagehide", () => { leaves = true })
  addEventListener("beforeunload", () => { leaves = true; setTimeout(() => { leaves = false }, 5000) })
  const lost = () => {
    if (leaves) return
    document.getElementById("lost").hidden = false
    const again = setInterval(async () => {
      const answer = await fetch("./favicon.ico", {cache: "no-store"}).catch(() => null)
      if (answer?.ok) { clearInterval(again); location.reload() }
    }, 3000)
  }
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given)
      this.addEventListener("close", () => setTimeout(lost, 500))
    }
  }

  // Panel writes what is chosen into the address, and leaves the page as it was when somebody goes back there.
  // Only what they did themselves is a step to go back by; a word is one step, not each of its letters.
  const {pushState, replaceState} = History.prototype
  let at = location.search
  const isTyping = () => {
    let node = document.activeElement
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
    return node?.matches("input[type=text], input[type=search], textarea")
  }
  history.pushState = (...given) => {
    const isStep = (navigator.userActivation?.isActive ?? true) && !isTyping()
    ;(isStep ? pushState : replaceState).apply(history, given)
    at = location.search
  }
  addEventListener("popstate", () => { if (location.search !== at) location.reload() })

  // How the viewer sees it: the look is in a cookie, for the server makes the page by it.
  const narrow = matchMedia("(max-width: 700px)")
  const tell = () => {   // whether the navigation is seen
    const {classList} = document.body
    document.getElementById("menu").setAttribute("aria-expanded", narrow.matches ? classList.contains("drawn") : !classList.contains("shut"))
  }
  const drawer = open => { document.body.classList.toggle("drawn", open); tell() }
  const chrome = () => {
    const {dark, keep} = window.workbenchLook
    document.getElementById("theme").addEventListener("click", () => { keep(!dark()); location.reload() })
    document.getElementById("menu").addEventListener("click", () => {
      document.body.classList.toggle(narrow.matches ? "drawn" : "shut")
      tell()
    })
    narrow.addEventListener("change", tell)
    tell()
    document.getElementById("veil").addEventListener("click", () => drawer(false))
    addEventListener("keydown", event => { if (event.key === "Escape") drawer(false) })
  }

  window.workbench = {show, first, chrome}
})()
