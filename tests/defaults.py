"""What a browser draws of a page's controls when it has missed the messages that set them."""

from typing import Any

from streamlit.testing.v1 import AppTest


def _indices(widget: Any, value: Any) -> list[int]:
    many = value if isinstance(value, list | tuple) else [value]
    return [widget.options.index(widget.format_func(one)) for one in many]


def drawn(widget: Any) -> tuple[Any, Any]:
    """Its default, and its value in the same form."""
    proto, value = widget.proto, widget.value
    match widget.type:
        case "slider":
            return list(proto.default), [value]
        case "select_slider":
            return [int(i) for i in proto.default], _indices(widget, value)
        case "selectbox" | "radio":
            return proto.default if proto.HasField("default") else None, widget.index
        case "number_input":
            return proto.default if proto.HasField("default") else None, value
        case "toggle" | "checkbox" | "text_area":
            return proto.default, value
        case "multiselect" | "button_group":
            return list(proto.default), _indices(widget, [] if value is None else value)
    raise AssertionError(widget.type)


KINDS = ("slider", "select_slider", "selectbox", "radio", "number_input", "toggle", "checkbox", "text_area",
         "multiselect", "button_group")  # fmt: skip


def wrong_defaults(at: AppTest) -> dict[str, tuple[Any, Any]]:
    """Controls whose default is not what they show, by key: default and value."""
    found = {str(widget.key): drawn(widget) for kind in KINDS for widget in at.get(kind)}
    assert found
    return {key: pair for key, pair in found.items() if pair[0] != pair[1]}
