import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from codebook.models import CodebookVersion, Variable
from mediacoding.corpus.models import Article, ArticleText, Sample
from mediacoding.studies.models import Membership, Study, User


class Round(models.Model):
    """A set of articles given to coders under one codebook version, for one purpose."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("training")
        PILOT = "pilot", _("pilot")
        RELIABILITY = "reliability", _("reliability")
        MAIN = "main", _("main")
        DRIFT = "drift", _("drift check")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="rounds")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="rounds"
    )
    sample = models.ForeignKey(
        Sample, on_delete=models.PROTECT, null=True, related_name="rounds"
    )
    overlap = models.PositiveSmallIntegerField(_("coders per article"), default=1)
    is_blind = models.BooleanField(_("blind"), default=True)
    is_imported = models.BooleanField(default=False)  # coded elsewhere
    seed = models.BigIntegerField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["study", "pk"]
        constraints = [
            models.UniqueConstraint("study", "name", name="one_round_per_name"),
            models.CheckConstraint(
                name="an_article_needs_a_coder", condition=Q(overlap__gte=1)
            ),
            models.CheckConstraint(
                name="closed_after_it_was_opened",
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class RoundCoder(models.Model):
    """A coder of a round; coders may join and leave while it is open."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="coders")
    coder = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="rounds"
    )
    cap = models.PositiveIntegerField(null=True)  # articles at most
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "coder__pseudonym"]
        constraints = [
            models.UniqueConstraint("round", "coder", name="a_coder_joins_a_round_once")
        ]

    def __str__(self) -> str:
        return f"{self.coder}, {self.round}"


class RoundArticle(models.Model):
    """An article of a round with the places that are still to be taken.

    `rank` is a seeded random number in [0, 1): each coder walks the round from a point of
    their own, so that take-next is one index look-up however large the round is.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="articles")
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="rounds"
    )
    rank = models.FloatField()
    places = models.PositiveSmallIntegerField()
    places_left = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["round", "rank"]
        constraints = [
            models.UniqueConstraint(
                "round", "article", name="an_article_is_in_a_round_once"
            ),
            models.CheckConstraint(
                name="no_more_coders_than_places",
                condition=Q(places_left__gte=0, places_left__lte=F("places")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "rank"],
                condition=Q(places_left__gt=0),
                name="open_places",
            )
        ]

    def __str__(self) -> str:
        return f"{self.article}, {self.round}"


class Assignment(models.Model):
    """One article given to one coder in a round."""

    class State(models.TextChoices):
        TAKEN = "taken", _("taken")
        SUBMITTED = "submitted", _("submitted")
        HANDED_BACK = "handed_back", _("handed back")
        RETURNED = "returned", _("returned")  # abandoned, given to another coder

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="assignments"
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="assignments"
    )
    coder = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(max_length=11, choices=State.choices, default=State.TAKEN)
    position = (
        models.PositiveIntegerField()
    )  # the coder's first, second, ... of this round
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True
    )  # first submitted, handed back or returned

    class Meta:
        ordering = ["round", "coder", "position"]
        constraints = [
            models.UniqueConstraint(
                "round", "article", "coder", name="an_article_is_given_to_a_coder_once"
            ),
            models.UniqueConstraint(
                "round", "coder", "position", name="one_assignment_per_position"
            ),
            models.CheckConstraint(
                name="taken_means_not_ended",
                condition=Q(state="taken", ended_at__isnull=True)
                | (~Q(state="taken") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "coder", "state"], name="assignments_by_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.coder}: {self.article}"


class Coding(models.Model):
    """One coder x one article x one codebook version.

    A carried-forward coding stands beside the one it came from, which stays as it was.
    """

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="codings"
    )
    version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="codings"
    )
    text = models.ForeignKey(
        ArticleText, on_delete=models.PROTECT, related_name="codings"
    )
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="carried_to"
    )
    is_irrelevant = models.BooleanField(_("irrelevant"), default=False)
    started_at = models.DateTimeField()

    class Meta:
        ordering = ["assignment", "version"]
        constraints = [
            models.UniqueConstraint(
                "assignment", "version", name="one_coding_per_assignment_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment} ({self.version.number})"


class Submission(models.Model):
    """One state of a coding that was, or will be, submitted.

    The first is what reliability reads. Reopening makes a second beside it, with a reason;
    the database keeps every submitted one as it was.
    """

    coding = models.ForeignKey(
        Coding, on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField(default=1)
    remark = models.TextField(_("remark"), blank=True)
    reason = models.TextField(blank=True)  # why it was reopened
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["coding", "number"]
        constraints = [
            models.UniqueConstraint(
                "coding", "number", name="one_submission_per_number"
            ),
            models.UniqueConstraint(
                "coding",
                condition=Q(submitted_at__isnull=True),
                name="one_open_submission_per_coding",
            ),
            models.CheckConstraint(
                name="reopening_has_a_reason", condition=Q(number=1) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coding}, {self.number}"


class Unit(models.Model):
    """What answers describe: the article itself, or a statement, actor or image in it."""

    ARTICLE = "article"

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="units"
    )
    kind = models.CharField(max_length=60, default=ARTICLE)
    position = models.PositiveIntegerField(default=1)
    key = models.UUIDField(default=uuid.uuid4)  # the same unit in a later submission
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["submission", "kind", "position"]
        constraints = [
            models.UniqueConstraint(
                "submission",
                condition=Q(kind="article"),
                name="one_article_unit_per_submission",
            ),
            models.UniqueConstraint("submission", "key", name="one_unit_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class Answer(models.Model):
    """What a coder found for one variable of one unit, as it stands now.

    `state` and `value` are codebook.values.Value: a legal value in its canonical text
    ("3", "1 4", "12.5", "2006-03-14"; "" is a multiple choice of which none applies),
    a missing code that the coder chose, or not applicable because the filter is false.
    No row, or state "open", means not yet coded.
    """

    class State(models.TextChoices):
        OPEN = "open", _("not yet coded")
        VALUE = "value", _("coded")
        MISSING = "missing", _("missing code")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="answers")
    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, related_name="answers"
    )
    state = models.CharField(max_length=14, choices=State.choices)
    value = models.TextField(blank=True)
    is_uncertain = models.BooleanField(_("uncertain"), default=False)
    remark = models.TextField(_("remark"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    carried_from = (
        models.ForeignKey(  # the answer of an earlier version that it comes from
            "self",
            on_delete=models.PROTECT,
            null=True,
            related_name="carried_to",
            db_index=False,  # read from the carried side only, and answers are many
        )
    )

    class Meta:
        ordering = ["unit", "variable"]
        constraints = [
            models.UniqueConstraint("unit", "variable", name="one_answer_per_variable"),
            models.CheckConstraint(
                name="only_coded_answers_have_a_value",
                condition=Q(state__in=["value", "missing"])
                | Q(state__in=["open", "not_applicable"], value=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variable}={self.value or self.state}"


class CarryForward(models.Model):
    """A round taken from one codebook version to a later one.

    Its codings of the old version stay as they were; those of the new one say which
    coding, and which answer, they come from. Until a coder recodes it can be undone.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="carryings")
    from_version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="+"
    )
    to_version = models.ForeignKey(
        CodebookVersion, on_delete=models.PROTECT, related_name="carryings"
    )
    round_closed_at = models.DateTimeField(
        null=True
    )  # before it was opened for recoding
    n_codings = models.PositiveIntegerField()
    n_answers = models.PositiveIntegerField()  # carried
    n_to_recode = models.PositiveIntegerField()  # codings with something to recode
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["round", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "round",
                "to_version",
                condition=Q(undone_at__isnull=True),
                name="a_round_is_carried_to_a_version_once",
            ),
            models.CheckConstraint(
                name="a_round_is_carried_to_another_version",
                condition=~Q(from_version=F("to_version")),
            ),
            models.CheckConstraint(
                name="undone_means_by_someone",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.from_version.number} -> {self.to_version.number}"


class AnswerEvent(models.Model):
    """One saved change of an answer. Rows are added, never changed.

    The id is made by the client, so that a replay after a lost connection writes nothing
    twice. `old` and `new` are "state:value" for the value, plain text for a remark.
    """

    class Aspect(models.TextChoices):
        VALUE = "value", _("value")
        UNCERTAIN = "uncertain", _("uncertain")
        REMARK = "remark", _("remark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="events")
    variable = models.ForeignKey(Variable, on_delete=models.PROTECT, related_name="+")
    aspect = models.CharField(
        max_length=9, choices=Aspect.choices, default=Aspect.VALUE
    )
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    base_revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.variable}: {self.old} -> {self.new}"


class Passage(models.Model):
    """A stretch of the article's text that supports an answer, in Unicode code points."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="passages")
    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the passage that the unit itself is
    key = models.UUIDField(default=uuid.uuid4)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["unit", "start", "end"]
        constraints = [
            models.UniqueConstraint("unit", "key", name="one_passage_per_key"),
            models.CheckConstraint(
                name="a_passage_has_words", condition=Q(start__lt=F("end"))
            ),
        ]

    def __str__(self) -> str:
        return self.quote[:60]


class Ruling(models.Model):
    """A supervisor's decision on how a variable is to be understood, shown to all coders.

    Its words never change: another ruling takes its place, or it is withdrawn. `variable`
    stands for its `stable_id`: the ruling is shown in later versions of the round, too.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rulings")
    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, related_name="rulings"
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, null=True, related_name="rulings"
    )
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    ended_at = models.DateTimeField(null=True)  # replaced or withdrawn
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["round", "-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="a_ruling_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="a_ruling_is_ended_by_someone",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["round"],
                condition=Q(ended_at__isnull=True),
                name="rulings_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None


class Question(models.Model):
    """A coder's question to the supervisor about a variable at an article.

    It waits until it is ruled on, answered without a ruling (`reply`), or withdrawn.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RULED = "ruled", _("ruled on")
        REPLIED = "replied", _("answered without a ruling")
        WITHDRAWN = "withdrawn", _("withdrawn")

    coding = models.ForeignKey(
        Coding, on_delete=models.PROTECT, related_name="questions"
    )
    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    text = models.TextField()
    ruling = models.ForeignKey(
        Ruling, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    reply = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="a_question_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="an_answered_question_has_its_answer",
                condition=Q(
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    ruling__isnull=True,
                    reply="",
                )
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False)
                    & (Q(ruling__isnull=False) | ~Q(reply=""))
                ),
            ),
            models.CheckConstraint(
                name="a_withdrawn_question_is_not_answered",
                condition=Q(withdrawn_at__isnull=True) | Q(answered_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["coding"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="waiting_questions",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def state(self) -> State:
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        if self.answered_at is None:
            return self.State.WAITING
        return self.State.RULED if self.ruling_id else self.State.REPLIED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING


class Adjudication(models.Model):
    """The final value of a variable of an article, decided by a person, with the reason.

    A layer of its own: a coder's rows are never edited. A later decision replaces an
    earlier one and leaves it standing.
    """

    class Reason(models.TextChoices):
        AMBIGUOUS = "ambiguous", _("ambiguous text")
        GAP = "gap", _("gap in the rule")
        SLIP = "slip", _("slip of a coder")
        TYPING = "typing", _("typing error")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="adjudications"
    )
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="adjudications"
    )
    variable = models.ForeignKey(
        Variable, on_delete=models.PROTECT, related_name="adjudications"
    )
    state = models.CharField(max_length=14, choices=Answer.State.choices)
    value = models.TextField(blank=True)
    reason = models.CharField(max_length=9, choices=Reason.choices)
    note = models.TextField(blank=True)
    ruling = models.ForeignKey(
        Ruling, on_delete=models.PROTECT, null=True, related_name="adjudications"
    )
    is_current = models.BooleanField(default=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["round", "article", "variable", "-decided_at"]
        constraints = [
            models.UniqueConstraint(
                "round",
                "article",
                "variable",
                condition=Q(is_current=True),
                name="one_current_final_value",
            ),
            models.CheckConstraint(
                name="a_final_value_is_decided", condition=~Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variable}={self.value or self.state}"
