"""Places in a codebook document, and what is wrong there. Pure."""

from dataclasses import dataclass

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a document: where, and a sentence for the researcher."""

    place: Place
    sentence: str
    line: int | None = None

    @property
    def where(self) -> str:
        """The place in words: “line 12, variables[3] · categories[2]”."""
        parts: list[str] = []
        for step in self.place:
            if isinstance(step, int):
                parts[-1:] = [f"{parts[-1] if parts else ''}[{step + 1}]"]
            else:
                parts.append(step)
        words = " · ".join(parts)
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (line, words) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence
