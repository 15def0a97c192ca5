#!/bin/sh
# Makes the sample account docs/examples/Maildir anew, with a real Dovecot 2.3 under a fixed clock and host name.
# For maintainers only: the account in git is the sample, every run of this script gives other GUIDs.
#
#   needs (Debian): dovecot-core, faketime, util-linux; run it as root, it works as the user nobody
#   usage:          docs/examples/make-sample.sh NEW_DIRECTORY      then compare, and copy what you want to keep
set -eu
out=${1:?usage: make-sample.sh NEW_DIRECTORY}
[ ! -e "$out" ] || { echo "make-sample.sh: $out exists" >&2; exit 1; }
if [ -z "${SAMPLE_INSIDE:-}" ]; then
  SAMPLE_INSIDE=1 exec unshare --uts sh -c 'hostname mail; exec sh "$@"' sh "$0" "$out"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
cat > "$work/dovecot.conf" <<EOF
base_dir = $work/run
state_dir = $work/state
log_path = $work/log
ssl = no
first_valid_uid = 0
mail_home = $work/home
mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
  separator = /
}
stats_writer_socket_path =
import_environment = TZ USER HOME LD_PRELOAD FAKETIME
EOF
chmod 0755 "$work" && chown -R nobody "$work"

day=06
minute=0
at() { day=$1; minute=0; }                       # at DAY: the clock of what follows is January 2025
run() {
  minute=$((minute + 7))
  now=$(printf '@2025-01-%s %02d:%02d:00' "$day" $((8 + minute / 60)) $((minute % 60)))
  TZ=UTC faketime -f "$now" setpriv --reuid nobody --regid nogroup --clear-groups \
    env USER=sample HOME="$work/home" "$@" 2>> "$work/log"
}
dove() { run doveadm -c "$work/dovecot.conf" "$@"; }
# look MAILBOX...: a mail client opens these mailboxes, so their mails go from new/ to cur/
look() {
  { for box; do printf 'a SELECT "%s"\r\n' "$box"; done; printf 'a CLOSE\r\na LOGOUT\r\n'; } |
    run env CONFIG_FILE="$work/dovecot.conf" /usr/lib/dovecot/imap -c "$work/dovecot.conf" > "$work/imap"
}
save() { dove save -m "$1"; }                    # save MAILBOX < mail
# text MAILBOX FROM TO SUBJECT ID: a plain mail, body on standard input
text() {
  box=$1 from=$2 to=$3 subject=$4 id=$5
  { printf 'From: %s\nTo: %s\nSubject: %s\nDate: %s Jan 2025 08:00:00 +0000\nMessage-ID: <%s@example.org>\n' \
      "$from" "$to" "$subject" "$day" "$id"
    printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'
    cat; } | save "$box"
}

ada='Ada Example <ada@example.org>' ben='Ben Example <ben@example.org>' cleo='Cleo Example <cleo@example.com>'

at 06
dove mailbox create -s 'Sent Items' Archive Archive/2024 'Entwürfe' 'R&D'
dove mailbox create Scratch
dove mailbox subscribe 'Lists/gone'

text INBOX "$ben" "$ada" 'Welcome to the new server' welcome <<'EOF'
Hello Ada,

your mailbox has moved. Nothing else changes.
EOF
text INBOX "$cleo" "$ada" 'Lunch on Thursday?' lunch <<'EOF'
Noon at the usual place?
EOF
text INBOX "$ada" "$cleo" 'Re: Lunch on Thursday?' lunch-re <<'EOF'
Yes!

> Noon at the usual place?
EOF
text INBOX "$ben" "$ada" 'Lines that look like the start of a mail' from-lines <<'EOF'
From the beginning this line was body text.
>From here on it is quoted.
>>From twice.

From ben@example.org Mon Jan  6 08:00:00 2025
That line too.
EOF
text INBOX "$ben" "$ada" 'Dots' dots <<'EOF'
A single dot follows:
.
two dots:
..
.leading dot
.
EOF

at 07
# A mail with three parts, one of them binary in base64.
save INBOX <<'EOF'
From: Ben Example <ben@example.org>
To: Ada Example <ada@example.org>
Subject: =?utf-8?Q?Pl=C3=A4ne_f=C3=BCr_das_B=C3=BCro?=
Date: 07 Jan 2025 08:00:00 +0000
Message-ID: <plans@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_outer"

This is a message with several parts.
--=_outer
Content-Type: multipart/alternative; boundary="=_inner"

--=_inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe aus dem B=C3=BCro
--=_inner
Content-Type: text/html; charset=utf-8

<p>Grüße aus dem <b>Büro</b></p>
--=_inner--
--=_outer
Content-Type: image/png; name="dot.png"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="dot.png"

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9
awAAAABJRU5ErkJggg==
--=_outer--
EOF
# 8-bit in Latin-1, in header and body, without any declaration.
printf 'From: Cleo Example <cleo@example.com>\nTo: ada@example.org\nSubject: Gr\374\337e ohne Angabe\nDate: 07 Jan 2025 09:00:00 +0000\nMessage-ID: <latin1@example.org>\n\nStra\337e, \304pfel, caf\351.\n' | save INBOX
# A NUL byte in the body.
printf 'From: ben@example.org\nTo: ada@example.org\nSubject: A NUL byte\nDate: 07 Jan 2025 09:30:00 +0000\nMessage-ID: <nul@example.org>\n\nbefore\0after\n' | save INBOX
# No Message-ID, no Date.
printf 'From: scanner@example.org\nTo: ada@example.org\nSubject: Scan without Message-ID\n\nOne page.\n' | save INBOX
# An empty mail, and one that is only a header without an empty line.
printf '' | save INBOX
printf 'Subject: only a header\nMessage-ID: <header-only@example.org>\n' | save INBOX

at 08
text 'Sent Items' "$ada" "$ben" 'Thank you' sent-1 <<'EOF'
All arrived.
EOF
text 'Sent Items' "$ada" "$cleo" 'Re: Lunch on Thursday?' sent-2 <<'EOF'
Yes!
EOF
text 'Sent Items' "$ada" "$ben" 'Invoice 2025-001' sent-3 <<'EOF'
See attachment (there is none).
EOF
text 'Sent Items' "$ada" 'list@example.net' 'Question about mailbox names' sent-4 <<'EOF'
Can a folder be called "R&D"?
EOF
# Lines that end with CR LF on disk, and no line end after the last.
printf 'From: ada@example.org\r\nTo: ben@example.org\r\nSubject: CRLF on disk\r\nDate: 08 Jan 2025 09:00:00 +0000\r\nMessage-ID: <crlf@example.org>\r\n\r\nfirst\r\nlast without line end' | save 'Sent Items'

for n in 1 2 3; do
  text Archive "$ben" "$ada" "Minutes, meeting $n" "minutes-$n" <<EOF
Topic $n was discussed.
EOF
done
at 09
for n in 1 2 3 4 5 6; do
  text Archive/2024 'Newsletter <news@example.net>' "$ada" "Newsletter $n/2024" "newsletter-$n" <<EOF
News of month $n.

-- 
example.net
EOF
done
text 'Entwürfe' "$ada" "$ben" 'Urlaubsantrag' draft-1 <<'EOF'
Hiermit beantrage ich
EOF
text 'Entwürfe' "$ada" "$cleo" 'Größe der Büros' draft-2 <<'EOF'
Die Maße fehlen noch: 日本語 und Кириллица gehen auch.
EOF
text 'Entwürfe' "$ada" "$ben" '' draft-3 <<'EOF'
EOF
text 'R&D' "$cleo" "$ada" 'Prototype A & B' proto-1 <<'EOF'
A & B are ready.
EOF
text 'R&D' "$cleo" "$ada" 'Measurements' proto-2 <<EOF
$(awk 'BEGIN { for (i = 1; i <= 200; i++) printf "%d\t%d\n", i, i * i }')
EOF
# A header line and a body line far over 998 bytes.
{ printf 'From: cleo@example.com\nTo: ada@example.org\nSubject: Long lines\nDate: 09 Jan 2025 10:00:00 +0000\nMessage-ID: <long@example.org>\nReferences:'
  awk 'BEGIN { for (i = 0; i < 120; i++) printf " <ref-%03d@example.org>", i; print ""; print ""; for (i = 0; i < 3000; i++) printf "x"; print "" }'
} | save 'R&D'
text 'R&D' "$cleo" "$ada" 'Test the scratch folder' proto-4 <<'EOF'
Delete me.
EOF

at 10
look INBOX 'Sent Items' Archive Archive/2024 'Entw&APw-rfe' 'R&-D'
dove flags add '\Seen' mailbox INBOX uid 1:4,6
dove flags add '\Answered' mailbox INBOX uid 2
dove flags add '\Flagged \Seen $Forwarded' mailbox INBOX uid 5
dove flags add 'Invoice to-do' mailbox INBOX uid 6
dove flags add '\Deleted' mailbox INBOX uid 9
dove flags add '\Seen' mailbox 'Sent Items' all
dove flags add 'Invoice' mailbox 'Sent Items' uid 3
dove flags add '\Seen NonJunk' mailbox Archive/2024 uid 1:5
dove flags remove 'NonJunk' mailbox Archive/2024 uid 2
dove flags add '\Seen' mailbox Archive all
dove flags add '\Draft \Seen' mailbox 'Entwürfe' all
dove flags add '\Flagged' mailbox 'R&D' uid 1
dove flags add '$label1' mailbox 'R&D' uid 1:3
# History: a copy, a move, expunges, a rename, a deleted folder.
dove copy Archive mailbox INBOX uid 1
dove move 'R&D' mailbox INBOX uid 3
dove expunge mailbox Archive uid 2
dove expunge mailbox 'R&D' uid 4
dove mailbox rename Scratch 'Scratch old'
dove mailbox delete 'Scratch old'
at 11
# What was delivered meanwhile and no client has seen: once known to Dovecot, once dropped there by an MTA.
text INBOX "$cleo" "$ada" 'Unread and still in new' fresh-1 <<'EOF'
Dovecot has given me a UID already.
EOF
{ printf 'Return-Path: <ben@example.org>\nDelivered-To: ada@example.org\nFrom: ben@example.org\nTo: ada@example.org\n'
  printf 'Subject: Delivered by an MTA, not yet seen by Dovecot\nDate: 11 Jan 2025 09:00:00 +0000\nMessage-ID: <fresh-2@example.org>\n\nNo UID yet.\n'
} > "$work/home/Maildir/new/1736586000.Vfe00I1a2b3M456789.mail"

if grep -v ": Info: " "$work/log" >&2; then exit 1; fi
cd "$work/home/Maildir"
# Facts about the machine, or caches, which Dovecot makes anew.
find . \( -name 'dovecot.index.cache*' -o -name 'dovecot.list.index*' -o -name '*.lock' \) -exec rm -f {} +
# git keeps no empty folders; Maildir readers skip names that begin with a dot.
find . -type d \( -name cur -o -name new -o -name tmp \) -empty -exec touch {}/.gitkeep \;
find . -type f -exec chmod 0644 {} + -o -type d -exec chmod 0755 {} +
mkdir -p "$out"
cp -R . "$out"
chown -R "$(id -u):$(id -g)" "$out"
