"""Rich text, and the cells of tables, which may hold it.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, .../table-block
"""

from jobbot.playground.slack.blockkit.shapes import Check, Shape, flag, many, one_of, shaped, typed, url, whole, words

_STYLE = shaped(Shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag)))
_ID = words(255)
_LONG = 12_000

INLINE: Check = typed(
    {
        "text": Shape({"text": words(_LONG)}, {"style": _STYLE}),
        "link": Shape({"url": url()}, {"text": words(_LONG), "unsafe": flag, "style": _STYLE}),
        "user": Shape({"user_id": _ID}, {"style": _STYLE}),
        "channel": Shape({"channel_id": _ID}, {"style": _STYLE}),
        "usergroup": Shape({"usergroup_id": _ID}, {"style": _STYLE}),
        "emoji": Shape({"name": words(255)}, {"unicode": words(255), "style": _STYLE}),
        "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, {"style": _STYLE}),
        "color": Shape({"value": words(16)}, {"style": _STYLE}),
        "date": Shape(
            {"timestamp": whole(0, 10**11), "format": words(255)},
            {"url": url(), "fallback": words(255), "style": _STYLE},
        ),
    }
)

_INLINES = many(INLINE, 0, 1_000)
_SECTION = Shape({"elements": _INLINES})
_BORDER = {"border": whole(0, 1)}

RICH_TEXT = Shape(
    {
        "elements": many(
            typed(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": Shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": many(typed({"rich_text_section": _SECTION}), 1, 1_000),
                        },
                        {"indent": whole(0, 8), "offset": whole(0, 10**6), **_BORDER},
                    ),
                    "rich_text_preformatted": Shape({"elements": _INLINES}, {**_BORDER, "language": words(255)}),
                    "rich_text_quote": Shape({"elements": _INLINES}, _BORDER),
                }
            ),
            1,
            1_000,
        )
    },
    {"block_id": words(255)},
)

CELL: Check = typed({"raw_text": Shape({"text": words(_LONG)}), "rich_text": RICH_TEXT})
TABLE = Shape(
    {"rows": many(many(CELL, 1, 20), 1, 100)},
    {
        "block_id": words(255),
        "column_settings": many(
            shaped(Shape(optional={"align": one_of("left", "center", "right"), "is_wrapped": flag})), 1, 20
        ),
    },
)
