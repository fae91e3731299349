// The component of every control: what it shows and what is done to it is in page.js, which each page begins with.
export const render = ({model, el}) => window.workbench.show(model, el)
