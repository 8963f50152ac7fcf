#!/usr/bin/env python3
"""Writes vectors.json: password hashes made by programs that are not ours, each with the command that made it.

    python3 make-vectors.py > vectors.json

Needs Debian 12's python3 (3.11), openssl, apache2-utils (htpasswd), argon2, dovecot-core (doveadm) and slapd
(slappasswd). The last three salt at random: their lines differ with each run.
"""
import json
import shlex
import subprocess
import sys

PASSWORDS = ['correct horse battery staple', 'Pässwörd-€-鍵-🔑', 'p']
HEX_SALT = '000102030405060708090a0b0c0d0e0f'
vectors = []


def shell(command, **environment):
    done = subprocess.run(['bash', '-c', command], capture_output=True, check=True, env={'PATH': '/usr/sbin:/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', **environment})
    return done.stdout.decode().strip()


def add(kind, password, command, wrap='{}', **more):
    """`command` prints the hash, or what `wrap` makes one of; $P is the password."""
    vectors.append({'type': kind, 'password': password, 'hash': wrap.format(shell(command, P=password)), 'command': command, **more})


def python(code):
    return 'python3 -W ignore -c ' + shlex.quote('import os,base64,hashlib,crypt; P=os.environ["P"]; p=P.encode(); b=lambda x: base64.b64encode(x).decode().rstrip("="); ' + code)


B64 = 'base64 -w0 | tr -d ='
SALT = 'AAECAwQFBgcICQoLDA0ODw'

for password in PASSWORDS:
    for cost in (4, 10):
        add('bcrypt', password, f'htpasswd -nbB -C {cost} "" "$P" | tr -d ":\\n"')
    for kind in ('2a', '2b', '2y'):
        add('bcrypt', password, python(f'print(crypt.crypt(P, "${kind}$05$CCCCCCCCCCCCCCCCCCCCC."))'))

    add('scrypt', password, python(f'print(b(hashlib.scrypt(p, salt=bytes(range(16)), n=16384, r=8, p=1, dklen=64, maxmem=2**28)))'), f'$scrypt$v=1$n=16384,r=8,p=1,kl=64${SALT}${{}}')
    add('scrypt', password, f'openssl kdf -binary -keylen 32 -kdfopt pass:"$P" -kdfopt hexsalt:{HEX_SALT} -kdfopt n:1024 -kdfopt r:16 -kdfopt p:5 -kdfopt maxmem_bytes:99000000 SCRYPT | {B64}', f'$scrypt$v=1$n=1024,r=16,p=5,kl=32${SALT}${{}}')

    for digest, iterations in (('sha256', 600000), ('sha512', 210000)):
        add('pbkdf2', password, python(f'print(b(hashlib.pbkdf2_hmac("{digest}", p, bytes(range(16)), {iterations})))'), f'$pbkdf2$i={iterations},d={digest}${SALT}${{}}')
    add('pbkdf2', password, f'openssl kdf -binary -keylen 32 -kdfopt pass:"$P" -kdfopt hexsalt:{HEX_SALT} -kdfopt iter:210001 -kdfopt digest:SHA512 PBKDF2 | {B64}', f'$pbkdf2$i=210001,d=sha512${SALT}${{}}')

    for flags in ('-id -t 3 -k 65536 -p 4 -l 32', '-id -t 1 -k 4096 -p 1 -l 16', '-i -t 3 -k 4096 -p 2 -l 32', '-d -t 1 -k 8192 -p 8 -l 64'):
        add('argon2', password, f'printf %s "$P" | argon2 saltsalt-saltsalt {flags} -e')

    for _ in range(2):
        add('ssha', password, 'doveadm pw -s SSHA -p "$P"')
        add('ssha', password, 'slappasswd -h "{SSHA}" -s "$P"')
        add('ssha256', password, 'doveadm pw -s SSHA256 -p "$P"')
    add('ssha256', password, '(printf "saltsalt%s" "$P" | openssl dgst -sha256 -binary; printf saltsalt) | base64 -w0', '{{SSHA256}}{}', saltPosition='prefix')

    # The signer key, separator and salt of the published example; scrypt by python, AES by openssl.
    signer, separator, salt = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA', 'Bw', '42xEC+ixf3L2lw'
    derive = python(f'print(hashlib.scrypt(p, salt=base64.b64decode("{salt}==")+base64.b64decode("{separator}=="), n=16384, r=8, p=1, dklen=32, maxmem=2**28).hex())')
    add('firebase-scrypt', password, f'echo {signer}== | base64 -d | openssl enc -aes-256-ctr -iv 00000000000000000000000000000000 -K "$({derive})" | {B64}', f'$firebase-scrypt$r=8,m=14,sk={signer},ss={separator}${salt}${{}}')

# As a keyboard that sends é as two code points would have had it.
add('ssha', 'Cafe\u0301-1999', 'doveadm pw -s SSHA -p "$P"')
# bcrypt reads 72 bytes: the longest password that it hashes whole.
add('bcrypt', 'x' * 72, python('print(crypt.crypt(P, "$2b$05$CCCCCCCCCCCCCCCCCCCCC."))'))
vectors.append({
    'type': 'firebase-scrypt',
    'password': 'user1password',
    'hash': '$firebase-scrypt$r=8,m=14,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA,ss=Bw$42xEC+ixf3L2lw$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ',
    'command': 'the example in the README of github.com/firebase/scrypt',
})

json.dump(vectors, sys.stdout, indent=2, ensure_ascii=False)
print()
