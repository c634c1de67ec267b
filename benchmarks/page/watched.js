// Runs before anything of the page. Counts what runs, and what is drawn that no page of ours draws.
(() => {
  const seen = [];
  const tell = (kind, example) => seen.length < 500 && seen.push([kind, String(example).slice(0, 300)]);

  // What a payload calls to show that it runs. `console` leaves our own messages alone.
  for (const name of ["alert", "confirm", "prompt", "print", "open", "hit"])
    window[name] = (...given) => tell("scripts run", `${name}(${given})`);
  const write = (name) => (...given) => tell("scripts run", `document.${name}(${given})`);
  document.write = write("write");
  document.writeln = write("writeln");

  // What would not be let run, link or load by the policy that benchmarks/page/watched.py sends along.
  const OWN = new RegExp(["\\{\\s*let left = false\\b", "window\\.prerenderReady", "window\\.ragOffline \\?\\?= ",
    "if \\(!window\\.ragDrops\\)", "// What the page does in the browser its",
    "// \"@\" in the field for questions offers",
    "Object\\.assign\\(document\\.documentElement, "].map((one) => `^\\s*${one}`).join("|"));
  document.addEventListener("securitypolicyviolation", (event) => {
    if (OWN.test(event.sample)) return;
    const kind = event.blockedURI === "inline" ? "scripts run" : "requests to elsewhere";
    tell(kind, `${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
  });

  // What our own HTML is made of, and the words of a button.
  const set = (words) => new Set(words.split(" "));
  const TAGS = set("p span div b small em strong code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 hr br "
    + "table thead tbody tr th td button mark q details summary bdi dl dt dd img");
  const ATTRIBUTES = set("class title style role tabindex aria-label aria-hidden aria-live type open "
    + "data-opens data-copies data-copied data-table data-done data-quiet data-step data-documents data-name "
    + "scope start src alt width height id data-testid lang dir data-statuses");
  const WORDS = set("p span div h1 h2 h3");
  const NEVER = "iframe,frame,object,embed,applet,base,video,audio,source,portal,marquee,math,font,"
    + "form[action],meta[http-equiv],.katex,body link,body meta,body title,area,map,isindex";

  const check = (element) => {
    const tag = element.localName;
    const shown = () => element.outerHTML.slice(0, 200);
    for (const {name, value} of element.attributes) {
      const leads = /^(href|src|srcdoc|action|formaction|data|xlink:href|style)$/.test(name);
      if (name.startsWith("on") || (leads && /(javascript|vbscript)\s*:/i.test(value)))
        tell("elements", `attribute ${name}: ${shown()}`);
    }
    if (element.matches(NEVER)) tell("elements", shown());
    if (tag === "a" && new URL(element.href || "#", location.href).origin !== location.origin)
      tell("elements", shown());
    const ours = element.parentElement?.closest("[data-testid=stHtml]");
    const isOwn = (tag === "style" && element.parentElement === ours)
      || (tag === "script" && element.dataset.step && OWN.test(element.textContent));
    if (ours && !isOwn) {
      const picture = tag === "img" && !/^data:image\/webp;/.test(element.getAttribute("src"));
      if (!TAGS.has(tag) || picture) tell("elements", shown());
      for (const {name} of element.attributes)
        if (!ATTRIBUTES.has(name)) tell("elements", `attribute ${name}: ${shown()}`);
    }
    const words = element.parentElement?.closest("[data-testid=stMarkdownContainer]");
    if (words && (!WORDS.has(tag) || element.hasAttribute("style")
        || /colored|emoji/i.test(element.className) || element.matches("span[role=img]")))
      tell("elements", `in words: ${shown()}`);
  };
  const checkAll = (root) => {
    check(root);
    for (const element of root.querySelectorAll("*")) check(element);
  };

  // Also what was there for a moment only, while an answer was being written.
  new MutationObserver((changes) => {
    for (const {addedNodes, target, type} of changes) {
      if (type === "attributes") check(target);
      for (const node of addedNodes) if (node instanceof Element) checkAll(node);
    }
  }).observe(document, {childList: true, subtree: true, attributes: true,
    attributeFilter: ["href", "src", "srcdoc", "action"]});

  const EVENTS = ["mouseover", "mouseenter", "mousemove", "mouseout", "pointerover", "focus", "focusin",
    "blur", "click", "dblclick", "contextmenu", "keydown", "wheel", "scroll", "toggle", "load", "error",
    "animationstart", "animationend", "transitionend", "select", "copy"];
  const touch = () => {
    const words = "[data-testid=stHtml], [data-testid=stMarkdownContainer], [data-testid=stAlert]";
    for (const place of document.querySelectorAll(words)) {
      if (place.closest("button, summary, label")) continue;
      for (const element of [place, ...place.querySelectorAll("*")]) {
        if (element.closest("button, summary")) continue;
        // Focus is drawn as it is for a reader; nothing else of ours listens to these.
        for (const name of EVENTS) element.dispatchEvent(new Event(name, {bubbles: false}));
      }
    }
  };

  window.watched = {
    seen: () => seen,
    gather() {
      touch();
      checkAll(document.documentElement);
      return seen.splice(0);
    },
  };
})();
