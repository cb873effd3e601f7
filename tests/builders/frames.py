"""Frames of samples as plain values: papers over weeks, with gaps where a test wants them."""

import datetime as dt

from mediacoding.corpus.designs.frame import FrameArticle, FrameIssue, frame_of

MONDAY = dt.date(2006, 1, 2)


def day(number):
    return MONDAY + dt.timedelta(days=number)


def frame(*papers, **ends):
    """A frame of papers, each (name, {day number: articles}), with issues of 0 articles too."""
    issues = [
        FrameIssue(n, name, day(at))
        for n, (name, at) in enumerate(
            (name, at) for name, days in papers for at in days
        )
    ]
    known = {(issue.outlet, issue.day): issue for issue in issues}
    articles = []
    for name, days in papers:
        for at, many in days.items():
            for place in range(many):
                articles.append(
                    FrameArticle(
                        id=len(articles) + 1,
                        outlet=name,
                        day=day(at),
                        issue=known[name, day(at)].id,
                        section=("news", "culture", "")[place % 3],
                        page=place + 1,
                    )
                )
    return frame_of(articles, issues, **ends)


def daily(name="Glas", weeks=4, articles=2, weekdays=range(7)):
    days = [7 * week + at for week in range(weeks) for at in weekdays]
    return name, dict.fromkeys(days, articles)


def ids(drawn):
    return [article.id for article in drawn.articles]


def sentences(lines, kind):
    return [str(line) for line in lines if line.kind == kind]
