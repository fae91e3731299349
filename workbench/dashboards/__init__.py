"""What stakeholders look at: `workbench dashboards` serves it.

Three parts, never mixed:

* `workbench.insight`: plain Python, no Panel. Functions take a `Store` and a `Person`, check what the person
  may do, and return frozen dataclasses or small frames. The widgets show the same.
* `views/`: one module (or package) a page, layout only: `page(store, person, location)` returns something
  that Panel shows.
* `app/`: server, sign-in, theme, shell, and the components that pages are made of.

How a page is made
------------------
1. `workbench/insight/deployments.py`: `def deployments(store, person, model) -> Deployments` begins with
   `person.require("view")`; what acts begins with `person.require("rollback", model=model)` (the names
   stand in `workbench/access/role.py`) and passes `actor=person.actor` to whatever writes to the ledger, as
   in `store.registry.rollback(model, reason=reason, actor=person.actor)`.
2. `views/deployments.py`: `def page(store, person, location)` builds the layout of `app.components`. It may
   hide a button from who may not press it (`person.may("rollback")`); that is a courtesy, not the check.
3. `dashboards/deployments.py` in the project, and the same file in `workbench/template/files/dashboards/`
   (what `workbench init` copies; a test holds them equal): a few lines that set
   `page = Page("deployments", "Deployments", deployments.page, icon="deployments", order=4)`. That is all
   it takes to be served and to stand in the navigation.
4. Tests: `tests/insight/test_<page>.py` for the data, `tests/browser/` for what only a browser shows.

The store
---------
One in a process; it follows the ledger's tail and keeps everything in brief in memory: `store.runs()`,
`run(id)`, `models()`, `model(name)`, `windows(model)`, `alerts(model)`, `judgements(model)`,
`history("schedule/NAME")`. What is big is read on demand: `run_state(id)`, `report(window)`, `store.ledger`.
What it returns never changes afterwards. `store.version` is another number after anything has changed;
`store.changed("model", "alert")` is so for some kinds of streams only. `store.trouble` says what is wrong
with the ledger while something is; what was known stands.

Live parts
----------
`Live(store, read, draw, *kinds)` calls `read()` (of the data layer), lays out what it returned with
`draw(found)`, and does so again whenever the ledger got events of those kinds and `read()` returns
something else. Put its `.panel` on the page; call its `.refresh()` after a widget has changed what is asked.
What raises becomes an error state in its place and is tried again; a page needs no try of its own.

Text, and nothing else
----------------------
Everything from data is text: run names, tags, parameters, categories, alert texts, reasons. HTML is made by
`html("<b>{name}</b>", name=text)` alone, which escapes; the template is written in the code. Panel's `HTML`,
`Markdown`, `Str`, `JSON` and panel-material-ui's `Typography`, `Alert`, `StaticText` and the titles of
`Card`, `Accordion` and `Details` take markup, so they are not used with data (a test looks for them in
`views/`); labels of widgets, options, dialogs' titles are text. Tables are made by `table(…)`, figures by
`figure(…)`, which set text formatters. Notebooks and reports go into `frame(…)`.

The address
-----------
`location.get("model")` reads the query, `location.bind(widget, "model")` lets a widget begin with it and the
query follow the widget, `link("drift", "Drift", model=name)` is a link to a view. What the query says may be
anything: treat it as a person's typing.
"""
