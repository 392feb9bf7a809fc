"""The ledger: what happened to everything, over SQLAlchemy. One class per noun, one method one transaction."""

from __future__ import annotations

from digestbot.adapters.ledger.ahead import Ahead
from digestbot.adapters.ledger.alerts import Alerts
from digestbot.adapters.ledger.announcements import Announcements
from digestbot.adapters.ledger.answers import Answers
from digestbot.adapters.ledger.archive import Archive
from digestbot.adapters.ledger.candidates import Candidates
from digestbot.adapters.ledger.copying import copy_ledger, count_rows, save_ledger
from digestbot.adapters.ledger.corpus import Corpus
from digestbot.adapters.ledger.decisions import Decisions
from digestbot.adapters.ledger.engine import Database, existing_url, safe_url, sqlite_url
from digestbot.adapters.ledger.figures import Figures
from digestbot.adapters.ledger.filings import Filings
from digestbot.adapters.ledger.guilds import Guilds
from digestbot.adapters.ledger.history import History
from digestbot.adapters.ledger.housekeeping import Housekeeping
from digestbot.adapters.ledger.intake import Intake
from digestbot.adapters.ledger.leases import Leases
from digestbot.adapters.ledger.letters import Letters
from digestbot.adapters.ledger.links import Links
from digestbot.adapters.ledger.loading import Loading
from digestbot.adapters.ledger.looking import schema_found
from digestbot.adapters.ledger.opinions import Opinions
from digestbot.adapters.ledger.outbox import Outbox
from digestbot.adapters.ledger.outlines import Outlines
from digestbot.adapters.ledger.passes import Passes
from digestbot.adapters.ledger.placings import Placings
from digestbot.adapters.ledger.publications import Publications
from digestbot.adapters.ledger.readers import Readers
from digestbot.adapters.ledger.review_posts import ReviewPosts
from digestbot.adapters.ledger.reviews import Reviews
from digestbot.adapters.ledger.spending import Spending
from digestbot.adapters.ledger.stories import Stories
from digestbot.adapters.ledger.subscriptions import Subscriptions
from digestbot.adapters.ledger.suggestions import Suggestions
from digestbot.adapters.ledger.watching import Watching

__all__ = [
    "Ledger",
    "copy_ledger",
    "count_rows",
    "existing_url",
    "safe_url",
    "save_ledger",
    "schema_found",
    "sqlite_url",
]


class Ledger:
    """The record of everything, one part per noun over one database."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL and bring its schema up to date."""
        database = Database(url)
        try:
            database.migrate()
        except BaseException:
            database.close()
            raise
        self.archive = Archive(database)
        self.ahead = Ahead(database)
        self.intake = Intake(database)
        self.announcements = Announcements(database)
        self.stories = Stories(database)
        self.decisions = Decisions(database)
        self.loading = Loading(database)
        self.filings = Filings(database)
        self.figures = Figures(database)
        self.placings = Placings(database)
        self.publications = Publications(database)
        self.reviews = Reviews(database)
        self.review_posts = ReviewPosts(database)
        self.spending = Spending(database)
        self.opinions = Opinions(database)
        self.outbox = Outbox(database)
        self.guilds = Guilds(database)
        self.candidates = Candidates(database)
        self.subscriptions = Subscriptions(database)
        self.readers = Readers(database)
        self.letters = Letters(database)
        self.passes = Passes(database)
        self.corpus = Corpus(database)
        self.answers = Answers(database)
        self.history = History(database)
        self.outlines = Outlines(database)
        self.suggestions = Suggestions(database)
        self.links = Links(database)
        self.leases = Leases(database)
        self.alerts = Alerts(database)
        self.watching = Watching(database)
        self.housekeeping = Housekeeping(database)
        self._database = database

    def close(self) -> None:
        """Close every connection."""
        self._database.close()
