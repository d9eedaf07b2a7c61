"""The command palette: every action with its key and help, found by any of its words."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from synthwb.tui.actions import ACTIONS, Action

__all__ = ["ActionCommands"]

_HIDDEN = frozenset({"commands", "edit.leave", "edit.indent", "edit.dedent", "pane.next", "pane.previous", "run.pause"})


def palette_actions() -> tuple[Action, ...]:
    """What the palette offers: everything but mere movements."""
    return tuple(each for each in ACTIONS if each.id not in _HIDDEN)


class ActionCommands(Provider):
    """Offers the table of actions."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for each in palette_actions():
            yield DiscoveryHit(_title(each), partial(self._run, each), text=each.label, help=each.help)

    async def search(self, query: str) -> Hits:
        """Those that match in label or help."""
        matcher = self.matcher(query)
        for each in palette_actions():
            score = max(matcher.match(each.label), matcher.match(each.help) * 0.8)
            if score > 0:
                yield Hit(score, _title(each), partial(self._run, each), text=each.label, help=each.help)

    async def _run(self, action: Action) -> None:
        await self.app.run_action(f"perform('{action.id}')", default_namespace=self.screen)


def _title(action: Action) -> str:
    return f"{action.label}  ({action.show_key})" if action.show_key else action.label
