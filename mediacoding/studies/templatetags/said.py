"""Texts of a codebook in the languages that were asked for."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from codebook.printed import Said

register = template.Library()


@register.filter
def spoken(said: Said) -> SafeString:
    """A text in its languages, one after the other, each marked with its own."""
    return format_html_join(
        "",
        '<span class="said"{}>{}</span>',
        (
            (
                format_html_join("", ' lang="{}"', [(language,)] if language else []),
                text,
            )
            for language, text in said
        ),
    )
