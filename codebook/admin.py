from django.contrib import admin

from codebook.models import Codebook, CodebookVersion


class ReadOnly(admin.ModelAdmin):
    """Looked at, never written: operations are the only writers."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Codebook)
class CodebookAdmin(ReadOnly):
    list_display = ["title", "key", "created_at", "created_by"]
    search_fields = ["title", "key"]


@admin.register(CodebookVersion)
class CodebookVersionAdmin(ReadOnly):
    list_display = ["codebook", "number", "status", "published_at", "digest"]
    list_filter = ["status"]
