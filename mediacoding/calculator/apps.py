from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalculatorConfig(AppConfig):
    name = "mediacoding.calculator"
    verbose_name = _("Agreement calculator")
