// What the page does in the browser itself. It begins once.
if (!window.ragListens) {
  window.ragListens = true;
  const one = (selector) => document.querySelector(selector);

  // A marker presses the button that opens its source, also a moment before that is drawn.
  const open = (marker) => {
    const key = marker?.dataset.opens;
    const button = key && one(`.st-key-${CSS.escape(key)} button`);
    button?.click();
    if (button) origin(marker); // and not the button: the reader comes back to what was pressed
    return !!button;
  };
  const openSoon = (marker) => {
    if (open(marker)) return;
    const last = () => [...document.querySelectorAll(".rag-answer")].at(-1);
    const markers = () => [...(last()?.querySelectorAll(".rag-cite .rag-marker") ?? [])];
    const at = markers().indexOf(marker);
    let looks = 0;
    const again = at < 0 || setInterval(() => {
      if (open(markers()[at]) || ++looks > 20) clearInterval(again);
    }, 150);
  };

  // A marker that was just used shows no preview: it would cover what is read on.
  const quiet = (marker, until) => {
    marker.dataset.quiet = "yes";
    marker.addEventListener(until, () => { delete marker.dataset.quiet; }, {once: true});
  };

  // Who closes the reading pane is back where it was opened from.
  const origin = (element) => {
    if (element.closest("[data-opens], [class*='st-key-open-'] button")) {
      window.ragOrigin = element.closest("button");
      window.ragOriginKey = window.ragOrigin.dataset.opens
        ?? [...element.closest("[class*='st-key-open-']").classList]
          .find((name) => name.startsWith("st-key-")).slice("st-key-".length);
    }
  };
  window.ragFrom = () => {
    const key = window.ragOriginKey && CSS.escape(window.ragOriginKey);
    return window.ragOrigin?.isConnected ? window.ragOrigin
      : key && (one(`[data-opens="${key}"]`) ?? one(`.st-key-${key} button`));
  };
  const goBack = () => {
    const place = window.ragFrom();
    if (!place) return;
    quiet(place, "blur");
    place.focus({preventScroll: true});
  };

  // Copying works without the clipboard's interface too, which pages without HTTPS have not.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.body.appendChild(document.createElement("textarea"));
      const before = document.activeElement;
      field.value = text;
      field.select();
      document.execCommand("copy");
      field.remove();
      before?.focus();
    }
  };
  const done = (button) => {
    const {textContent: icon, ariaLabel: name} = button;
    if (button.dataset.done) return;
    Object.assign(button, {textContent: "check", ariaLabel: button.dataset.copied});
    button.dataset.done = "yes";
    setTimeout(() => {
      Object.assign(button, {textContent: icon, ariaLabel: name});
      delete button.dataset.done;
    }, 1600);
  };

  // Cells are words of documents: one that a spreadsheet would take for a formula stays text.
  const cells = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => {
    const copied = cell.cloneNode(true);
    for (const marker of copied.querySelectorAll(".rag-cite, [role=note]")) marker.remove();
    const text = copied.textContent.trim().replace(/\s+/g, " ");
    return /^[=+@]|^-(?![\d.,]+$)/.test(text) ? `'${text}` : text;
  }));
  const csv = (rows) => rows.map((row) => row.map(
    (cell) => /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(",")).join("\r\n");
  const save = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], {type: "text/csv"}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const useTable = (button) => {
    const rows = cells(button.closest(".rag-grid").querySelector("table"));
    if (button.dataset.table === "csv") return save(csv(rows), "table.csv");
    copy(rows.map((row) => row.join("\t")).join("\n"));
    done(button);
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (event.target.closest) origin(event.target);
    open(at(".rag-card, .rag-cell"));
    const marker = at(".rag-cite .rag-marker");
    if (marker) {
      openSoon(marker);
      quiet(marker, "pointerleave");
    }
    if (at("[data-copies]")) { copy(at("[data-copies]").dataset.copies); done(at("[data-copies]")); }
    if (at("[data-table]")) useTable(at("[data-table]"));
    if (at(".st-key-pane-close button")) goBack();
  });

  // On a phone the sidebar lies over what was chosen in it.
  document.addEventListener("click", (event) => {
    const chosen = "[data-testid=stSidebarNavLink], .st-key-conversations button, .st-key-new button";
    if (innerWidth < 768 && event.target.closest?.(chosen))
      setTimeout(() => one("[data-testid=stSidebarCollapseButton] button")?.click(), 300);
  });

  // Who comes to the page can type at once; on a phone the keyboard would cover it.
  let looks = 0;
  const waiting = setInterval(() => {
    const field = one("[data-testid=stChatInputTextArea]:not(:disabled)");
    if (field && innerWidth >= 768 && document.activeElement === document.body)
      field.focus({preventScroll: true});
    if (field || ++looks > 40) clearInterval(waiting);
  }, 150);

  document.addEventListener("keydown", (event) => {
    const focused = document.activeElement;
    if (event.key === "Escape") {
      focused?.closest?.(".rag-marker")?.blur();
      // A download takes the focus out of its dialog, which then does not hear the key.
      const closes = one("[role=dialog] button[aria-label='Close']");
      if (closes && focused === document.body) return closes.click();
      // Not what is open above the page, and not what is typed elsewhere.
      const isElsewhere = one("[role=dialog], [data-baseweb=popover] [role=listbox]")
        || (focused?.matches?.("input, textarea") && !focused.closest(".st-key-reading")
          && focused.value);
      if (!isElsewhere && !event.defaultPrevented) one(".st-key-pane-close button")?.click();
    }
    if (event.key === "Enter" && focused?.matches?.(".st-key-pane-find input")) {
      // The same words again: on to the next place.
      if (focused.value === focused.dataset.looked)
        one(`.st-key-find-${event.shiftKey ? "Previous" : "Next"}-match button`)?.click();
      focused.dataset.looked = focused.value;
    }
    const isTyped = focused?.matches?.("input, textarea, select, [contenteditable]");
    const isQuick = event.key === "/" ? !isTyped : event.key === "k" && (event.ctrlKey || event.metaKey);
    const field = one("[data-testid=stChatInputTextArea]");
    if (isQuick && field && !event.altKey) { event.preventDefault(); field.focus(); }
  });

  // Two questions that are sent within one run of the page would reach it as one, the second, so a
  // question waits in its field until the one before is seen, but not for ever. One that reaches
  // nobody, as when the server is just starting, comes back to its field.
  let sent = 0, inTurn = 0, words = "", atRest = 0, before = [];
  const inOneLine = (text) => text.trim().replace(/\s+/g, " ");
  const asked = () => [...document.querySelectorAll(".rag-question")]
    .map((one) => inOneLine(one.textContent));
  // Another page has none, and a long conversation as many as before.
  const isNew = (now) => now.length > before.length
    || (now.length === before.length && now.at(-1) !== before.at(-1));
  const isFree = () => !sent || performance.now() - sent > 10_000;
  const send = (event) => {
    const field = one("[data-testid=stChatInputTextArea]");
    if (!field?.value.trim() || one("#rag-mentions:not([hidden])")) return;
    clearInterval(inTurn);
    if (isFree()) {
      sent = performance.now();
      words = field.value;
      atRest = 0;
      before = asked();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    inTurn = setInterval(() => {
      if (!isFree()) return;
      clearInterval(inTurn);
      one("[data-testid=stChatInputSubmitButton]")?.click();
    }, 50);
  };
  const giveBack = () => {
    const field = one("[data-testid=stChatInputTextArea]:not(:disabled)");
    const rests = one("[data-test-script-state]")?.dataset.testScriptState === "notRunning";
    atRest = sent && field && rests ? atRest + 1 : 0;
    if (atRest < 20) return; // three seconds
    if (!field.value && !isNew(asked())) {
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, words);
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }
    sent = 0;
  };
  addEventListener("keydown", (event) => {
    const isSent = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (isSent && event.target.matches?.("[data-testid=stChatInputTextArea]")) send(event);
  }, {capture: true});
  addEventListener("click", (event) => {
    if (event.target.closest?.("[data-testid=stChatInputSubmitButton]")) send(event);
  }, {capture: true});

  // The view follows an answer as it grows word by word, until the reader scrolls. One that comes
  // all at once is read from its beginning.
  let left = false, questions = 0, height = 0;
  for (const kind of ["wheel", "touchmove", "pointerdown"])
    addEventListener(kind, (event) => { left ||= event.isTrusted; }, {capture: true, passive: true});
  setInterval(() => {
    const doing = [...document.querySelectorAll(".stMain .rag-doing-now")].at(-1);
    const count = document.querySelectorAll(".rag-question").length;
    const now = sent ? asked() : [];
    if (sent && isNew(now) && now.at(-1) === inOneLine(words)) sent = 0;
    if (count !== questions) {
      questions = count;
      left = window.ragFollowed = false;
      height = 0;
    }
    giveBack();
    const answer = doing?.closest(".stChatMessage").getBoundingClientRect().height ?? 0;
    const grown = height && answer - height;
    height = answer;
    if (!doing || left || grown <= 0 || grown > innerHeight / 3) return;
    const below = doing.getBoundingClientRect().bottom + 24
      - (one("[data-testid=stBottom]")?.getBoundingClientRect().top ?? innerHeight);
    if (below <= 0) return;
    window.ragFollowed = true;
    one("[data-testid=stMain]")?.scrollBy({top: below});
  }, 150);
}
