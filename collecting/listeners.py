"""What imports do when others say that time has passed."""

from collecting import actions
from projects.signals import purging

purging.connect(actions.purge)
