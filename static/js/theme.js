'use strict';
// Before the first paint, so that a chosen theme does not flash. Not chosen: the system's.
{
  let chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* storage is blocked: follow the system */ }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}
