"""What ``rag_app.insights`` says of its results and steps, as templates, as ``told_in_english``."""

from __future__ import annotations

from rag_app.messages.catalogue import to_say

# What the page "Explore" says while it works, why a passage stands out, and of limits.
INSIGHTS = (
    to_say("Asking about groups"),
    to_say("Collecting words"),
    to_say("Comparing passages"),
    to_say("Comparing words"),
    to_say("Comparing"),
    to_say("Cross-validating"),
    to_say("Drawing the map"),
    to_say("Finding the plane"),
    to_say("Finding topics"),
    to_say("Looking for material"),
    to_say("Making questions"),
    to_say("Measuring how far it can be trusted"),
    to_say("Naming topics"),
    to_say("Placing the other passages"),
    to_say("Predicting"),
    to_say("Putting it in order"),
    to_say("Reading conversations"),
    to_say("Reading passages"),
    to_say("Reading typical passages"),
    to_say("Reading words"),
    to_say("Scoring documents"),
    to_say("Sorting passages into cells"),
    to_say("Testing associations"),
    to_say("Comparing {one} with {other}"),
    to_say("nothing is much like it (nearest {alike}, usually {usual})"),
    to_say("unusually {form}"),
    to_say("a little unlike the others in several ways"),
    to_say("long"),
    to_say("short"),
    to_say("many digits"),
    to_say("few digits"),
    to_say("many capitals"),
    to_say("few capitals"),
    to_say("many signs"),
    to_say("few signs"),
    to_say("long words"),
    to_say("short words"),
    to_say("many letters beyond ASCII"),
    to_say("few letters beyond ASCII"),
    to_say("There are only {count} passages: too few to say much."),
    to_say("There is only one passage: too few to say much."),
    to_say("There are too few documents to say which of them does not belong."),
    to_say("All passages are about one thing, as far as their vectors tell."),
    to_say("The order is worked out from words and vectors: a proposal, not a curriculum."),
    to_say("There is one objective, so there is nothing to put in order."),
    to_say("There are too few examples to check the labels: each label needs two at least."),
    to_say("All passages have the same vector: nothing tells them apart."),
    to_say(
        "In no part of the examples were {share} right, so no label is given; give more examples."
    ),
    to_say("Not checked, of one example: {labels}."),
    to_say("{examples} left out: no such document here."),
    to_say("{lines} of the history left out: no such document."),
    to_say("For {objectives}, no passage was found that teaches it."),
    to_say("Only the first {count} of {pairs} are listed."),
    to_say(
        "More than {count} pairs of passages are alike in meaning; only so many were looked at. "
        "Give a filter, or a higher --alike."
    ),
    to_say("The LLM did not name all topics; they have their words. {problem}"),
    to_say("the same words"),
    to_say("versions of one document"),
    to_say("most of the words are the same"),
    to_say("the same in other words"),
    to_say(
        "Trustworthiness at {at}: {trust} of 1; what is near on the map is mostly near in "
        "meaning. A plane hides distances: two groups that lie apart may be close, and empty "
        "space means nothing."
    ),
    to_say(
        "Trustworthiness at {at}: {trust} of 1; much that is near on the map is not near in "
        "meaning. A plane hides distances: two groups that lie apart may be close, and empty "
        "space means nothing."
    ),
    to_say(
        "Not tested: groups, questions and languages that are not in the lists; what an LLM "
        "writes; what the documents themselves say of a group. A small effect is no proof that "
        "there is none."
    ),
)
