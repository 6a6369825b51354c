#!/usr/bin/env bash
# A night's transcripts -> one folder of scores that grows. Run it from cron:
#
#     15 3 * * *  /srv/screening/nightly.sh /srv/screening
#
# The folder that it is given holds `model` (made by `adscreen train`) and `incoming`, where the day's transcripts are put
# in a folder of their own or all in one: what was scored before is not scored again. It writes `scores` and `nightly.log`.
# Output goes to the log, so cron sends mail only if this script fails.
set -u
cd "$1" || exit 2
[ -n "$(ls incoming)" ] || exit 0    # nothing has come yet

adscreen score model incoming scores --append >> nightly.log 2>&1
status=$?

case $status in
    0) ;;                                                                     # every new recording has a score
    3) echo "Some recordings have no score: see scores/scores.csv" >> nightly.log ;;  # done; look at the reasons
    *) echo "adscreen failed with status $status: see $1/nightly.log" >&2     # nothing was changed
       exit "$status" ;;
esac
