"""What the templates of the codebook editor need."""

from collections.abc import Mapping, Sequence

from django import template

register = template.Library()


@register.filter
def at(slots: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    """What is wrong in one place of a form."""
    return slots.get(name, ()) if slots else ()
