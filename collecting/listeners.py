"""What imports and searches do when others say that time has passed."""

from collecting import actions, searches
from projects.signals import purging

purging.connect(actions.purge)
purging.connect(searches.purge)
