// "@" in the field for questions offers documents by title; the one that is chosen becomes a filter.
// It begins once. Its list is of our own elements; names of documents are only ever text in them.
if (!window.ragMentions) {
  window.ragMentions = true;
  const MOST = 8, LONGEST = 60;
  const one = (selector) => document.querySelector(selector);
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const list = document.body.appendChild(make("div",
    {id: "rag-mentions", className: "rag-mentions", role: "listbox", hidden: true}));
  const status = document.body.appendChild(make("div", {className: "rag-mentions-status", role: "status"}));
  let documents = [], sent = null, read = "", offered = [], at = 0, field = null, dismissed = "";

  // What was sent last, read only where it is another than before. While the page is drawn anew, it
  // is not there for a moment, in which one writes on.
  const known = () => {
    const now = one("[data-documents]");
    if (now) sent = {...now.dataset};
    if (sent && sent.documents !== read) {
      read = sent.documents;
      documents = JSON.parse(read).map(([name, title]) =>
        ({name, title: title || name, plain: plain(title || name), all: plain(`${title} ${name}`)}));
    }
    return documents;
  };
  // The "@" before the caret, at the beginning of a word, and what follows it.
  const asked = (from) => {
    const before = from.value.slice(0, from.selectionStart);
    const found = /(?:^|\s)@((?!\s)[^@\n]*)$/.exec(before);
    return found && found[1].length <= LONGEST ? found[1] : null;
  };
  const matching = (words) => {
    const parts = plain(words).split(/\s+/).filter(Boolean);
    const rank = ({plain: title}) => !parts.length || title.startsWith(parts[0]) ? 0
      : parts.every((part) => title.includes(part)) ? 1 : 2;
    return known().filter(({all}) => parts.every((part) => all.includes(part)))
      .map((document) => [rank(document), document])
      .sort(([a], [b]) => a - b).slice(0, MOST).map(([, document]) => document);
  };

  const close = () => {
    list.hidden = true;
    offered = [];
    status.textContent = "";
    for (const name of ["aria-controls", "aria-activedescendant", "aria-haspopup", "aria-autocomplete"])
      field?.removeAttribute(name);
  };
  const mark = (number) => {
    at = (number + offered.length) % offered.length;
    [...list.children].forEach((option, index) => { option.ariaSelected = String(index === at); });
    list.children[at].scrollIntoView({block: "nearest"});
    field.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = () => {
    const words = asked(field);
    if (words !== dismissed) dismissed = null;
    offered = words === null || words === dismissed ? [] : matching(words);
    if (!offered.length) return close();
    list.replaceChildren(...offered.map((document, number) => {
      const option = make("div", {id: `rag-mention-${number}`, role: "option"});
      option.append(make("b", {textContent: document.title}));
      if (document.title !== document.name) option.append(make("span", {textContent: document.name}));
      return option;
    }));
    const place = field.closest("[data-testid=stChatInput]").getBoundingClientRect();
    Object.assign(list.style, {left: `${place.left}px`, width: `${place.width}px`,
      bottom: `${innerHeight - place.top + 6}px`, maxHeight: `${Math.max(place.top - 16, 80)}px`});
    list.ariaLabel = sent.name;
    list.hidden = false;
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-autocomplete", "list");
    mark(0);
    status.textContent = JSON.parse(sent.statuses)[offered.length - 1];
  };

  // As if it had been typed: React hears of nothing else.
  const write = (element, value) => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, value);
    element.dispatchEvent(new Event("input", {bubbles: true}));
  };
  const choose = (number) => {
    const {name} = offered[number], words = asked(field);
    const caret = field.selectionStart, begin = caret - words.length - 1;
    const rest = field.value.slice(0, begin) + field.value.slice(caret).replace(/^ /, "");
    close();
    write(field, rest);
    field.focus();
    field.setSelectionRange(begin, begin);
    tell(name);
  };
  // The page, also a moment before the place for that is drawn again.
  const tell = (name, looks = 40) => {
    const chosen = one(".st-key-mentioned input");
    if (!chosen) return looks && setTimeout(tell, 50, name, looks - 1);
    write(chosen, name);
    chosen.dispatchEvent(new FocusEvent("focusout", {bubbles: true}));
  };

  const isField = (element) => element?.matches?.("[data-testid=stChatInputTextArea]");
  document.addEventListener("input", (event) => {
    if (!isField(event.target) || !event.isTrusted) return;
    field = event.target;
    show();
  });
  const look = ({target}) => {
    if (isField(target)) { field = target; show(); }
  };
  document.addEventListener("click", look);
  document.addEventListener("focusin", look);
  addEventListener("keydown", (event) => {
    if (list.hidden || !isField(event.target) || event.isComposing) return;
    const move = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (move) mark(at + move);
    else if (event.key === "Enter" && !event.shiftKey || event.key === "Tab" && !event.shiftKey) choose(at);
    else if (event.key === "Escape") { dismissed = asked(field); close(); }
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // The field keeps the focus, so that one can write on.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });
  document.addEventListener("focusout", (event) => {
    if (isField(event.target)) close();
  });
  addEventListener("resize", close);
  look({target: document.activeElement});  // who was quicker than the page
}
