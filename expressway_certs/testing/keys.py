"""Keys for tests: EC keys derived from a seed, and stored RSA keys. TEST KEYS ONLY: everybody has them.

EC keys by default, for making an RSA key takes a large part of a second and making one of these takes none.
"""

from __future__ import annotations

import hashlib
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from expressway_certs.x509.certificate import Certificate
from expressway_certs.x509.files.keys import public_key_der

FactoryKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
"""The key of a certificate that the factory made."""

# The order of the group of P-256 (SEC 2, section 2.4.2): a private key lies between 0 and this.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# A process that makes more certificates than this forgets the keys of the first ones.
_MOST_REMEMBERED: Final = 50_000
_made: Final[dict[bytes, FactoryKey]] = {}


def seeded_number(*parts: object) -> int:
    """Return the number of 256 bits that belongs to ``parts``: the same one on every machine."""
    text = "\0".join(map(str, ("expressway_certs test key", *parts)))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest(), "big")


def ec_key(*parts: object) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key that belongs to ``parts``."""
    return ec.derive_private_key(seeded_number(*parts) % (_ORDER - 1) + 1, ec.SECP256R1())


def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """Return one of the stored RSA keys of 2048 bits; `ValueError` where there are no more."""
    if number >= len(RSA_KEYS):
        raise ValueError(f"there are {len(RSA_KEYS)} RSA keys; leave key='rsa' out where the kind does not matter")
    return cast(rsa.RSAPrivateKey, load_pem_private_key(RSA_KEYS[number].encode("ascii"), None))


def remember(certificate: Certificate, key: FactoryKey) -> None:
    """Keep the key of a certificate that was made, so that `key_of` finds it."""
    public = public_key_der(certificate.der)
    if public is not None:
        while len(_made) >= _MOST_REMEMBERED:
            _made.pop(next(iter(_made)), None)
        _made[hashlib.sha256(public).digest()] = key


def key_of(certificate: Certificate) -> FactoryKey:
    """Return the private key of a certificate that this process made by a factory; `ValueError` for any other one.

    >>> from expressway_certs.testing import CertificateFactory
    >>> root = CertificateFactory(seed=1).root("Example Root CA")
    >>> key_of(root.certificate) == root.key
    True
    """
    public = public_key_der(certificate.der)
    found = None if public is None else _made.get(hashlib.sha256(public).digest())
    if found is None:
        raise ValueError(f"the key of {certificate.subject} is not known: no factory in this process made it")
    return found


RSA_KEYS: Final = (
    """-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCQEoif7o77xs4Q
US7C2IdOELmBeAvf8WclQkeCRazjdkBYvqVI8YLvUm64BDgiHOqlQamQuYQfqLYP
wOUD5Q64cEgKnVZYJWSZ9t7p+EWnWT0VqSvGnl9Bzf6kCiEYidYBQZSxcY3EjwzW
Qm2hTmaw7wtZUNlZ+IpwCtEf9zt5exDvKehI6ZfqqRYoOXphrCUJL0kYrnK/majq
X6Nfm2ggrnebo3dmJCCUH8v9D7Tbdq1Zgl9kr/gTG2q+7hoHc1mipYwNnwCAH17J
AkQbb0j/mIva+R7bYxWgdfbyq0smWyumbKi8feew4xOY6VUC90p7Nir4CnMmCeio
0QxUIq4xAgMBAAECggEAKSbaFpCeD8Wb82Y07JvLnh1B13zSK3+5Hhfd9BRxyzDq
NU8TSBAP/cr2bCJsZDYNQfHM/NU4q5BVnI9U+vVQ7JbJxRpm4NuhbibpSjxLrP7c
51SAeAWhoNq1muZ3yJoKYiZ40exk+ZmAqaykwtfxliVZgQQKaVwIMvOsAyzrtIlo
NEGCJpRDhu/2lFOqsuYqmxyKpEg7MnMNClUudAbreLiic+AG3n69O5SJIpKzlj4X
PfEX0xzcM2Zh55Q2IZ9dP8VvBlZ83sYBUT4cwgU2I09EtPCdMpkxp5h7695A5kn4
1Pp/al+Y4NSnF0LfnNuFGyy+b2Bq+H0qVSOhwC0DBwKBgQDDoul/Z2BPDVKQAQtA
QLF6sFpwR9KWDt74MZZ+NWOcSMqyIJbFziaPXXsfhZcKHPzKEK6dZ0IdHfllx8Dp
ZN4saT2ZcA/dahTyWhHXkjqhNe/EUDW5+qRyEf78ahq74Ia8YzsGc36eXP1Uc2um
M6w+aOWH/5jNOqn/IeeEAw9hUwKBgQC8hqS26aPlVnu1LCz2M4nsgzJEqDP835QS
FHF5VdMDnEND/kmddoSeB6n6FLjkYysvYb1QAE4oaZfNkPhyffrnehiLEu37LxwZ
F0sX0h4RaujJrC6WlDJ184oASvstemaHeAulBaNSUgYCKHBDEgO1gKGPcmsewFQz
lvtFbpxt6wKBgElhY//bwK4mKx/EpHm3SlrgpyuSZRTQAyZJQ0+XqwNF8nGZ87PC
PYhs4e/S5fJvKQqJ81UrFAtj4NYidOOWaBd0ahyRggHk9nJpAmQ/fypU1thl1aEq
uF/pDCGVku2BrEghWFR1Ibs42fTBTlGK9EJ8igvW/XONW5JNH0/O7gftAoGALOPO
krM9UF1wZWpYZmNNQyDWNlzqzBqcklWF04NpFGH/7k+9TZ4r48klYyPOBqvKW6Tl
RAhek+bYu5z6W6C9vqJm966RNg84nIzcV5azjCgtt9+k1DwDa+yKfplcB68ufLFL
7IZUJkTbo2XnnUDL20r+rT5sXU0kf4hC2nyFCPMCgYBgY0uCDNGBnbUWJNB0sLDZ
uBDVh7PpJ1IIIYr3QEnvi6Am8b7ffAdo9lw6gyHtWeAwkPs6KESMLSl+DCPvy9Gy
yrIAyC6nWG5sdJVnCkpXd3wItiEi76zT7BuKQ4Sk/tuFlT/l5Q+wW+40nvcNpKTY
Fo7NJFsZ5i931vjhNIWNtA==
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCeLibvWaLZpxGZ
cIjRBAm3Jojr4J2wzntm1WxmMzpvVzhBhRfCgp3Pik0naeZY1cuKE0EH2/V34pYs
Ua0+vicKabTcsgJsUkKaGYRvDBRtXzLQkjH0zqwGIV2R6gUwstmNq5n2qeS/uVWc
7OZDuWCl8LIwZDYZy3fCp3Y6tFFtXZy6IfrGtkAghDCCdnRUE9CWxJBygE6mi4qT
/VTsrCd0xZ6aygw+Z0tAoyCiDFSHaPiIi5xGlTIG4cV8Ioa+ww7kSEl8SBIHBu7Q
3weaWiBqY76cNSAi3EwA8lETnKyto0uJ2NONtn9qn8CGaNhAGQgodZBZ9ClOiXJ0
RtsYDF4bAgMBAAECggEABH1C1aAxowO+2B/9ghEfRXdug2NIlnAFyJFeFjh1/Br5
mcJxPi/+0pkWP3wd8X9/21dYjSSM/u4LXQ6kYBd9fCor2+ehcfmTslPvEkfBfKkr
BAhiKpSDBVmFElMV+p/Y1NB9+iYwO9DCwUVn85wbRhpitETj1C+WIowmKtxbQ0NN
dyBAMn35IoeCvQlMrx7r5kn2/00SnTLjAJa5n+6SVJpwPijsJqF4uvb8P3tNZRKR
xuQACnA9xb/ujwYtPEJ5+3xpN4Lk71+giDgo3BVXK3QObHtHL2/cfE0RNdXr3GXY
yP8OvAgnSrgR7hgBgec/ogCvmEQHVDsoKePFXNEB4QKBgQDLPw2mA2HJ9d+Z09gE
aKTjWmpCaZW4tl/DKlTFZ4IhWRFiAstLxXNn5PGsUCPPC6zIZRVL+zvhDyVnwDue
OhKwka8vyfuRRlFWWnw5+pBRsLlSOjxiNuIYMQ7nmapzGd18YKZbHSNLxeEGCbaM
EcH5FDQPDlT+3Z9LNoE985SuRQKBgQDHPKHplMk6FrwWVOBD0ZzBk6Gym+Z35YEV
qUh2YVoo59kBmpZh12v+RkLnl+NyKbW9bP1Xqo2WnKma/MOjXaPyspzbfxVjQxwC
L9Jp8YP99lTU6Stv7BvLvPTSOsD+WbsvqgtrWifwohSF42FsZmQPdRtMUBPvf2/h
LdC6PXdQ3wKBgQC69WRbqs7AVZD60pjp7UyH6nrGXpOgFvrd70mNUNquTF0mGEXj
jFzNXBdHF2zpHucwa3N8sjzxmNoipvzwXqEklM5emmDz0IgvdArD1o385yCB2BoF
ilDOSgpY1sypFkjcCZfdRl9aa0rEIBkwnYEd2wzMMLXUwA6wxBF86FyDNQKBgHT+
ccWMDS4DM6eZZ6frarVxT75mNcuqBUcHBPoe6KaknpWGhVAnA89oytjcJD9hpsr5
OTtFd6c9j4rnaqp/zkoyAFIUKicDvWq7Uj/MBsoW4HG2Cj/K0fetmcXponK5lmXC
4LnFUzbGtm54uzjAV3mMNt91Fn/IwZXlJXB3r5zZAoGAK+hqLgUp4ih3+n7tVgKp
7We88OsyZimZ58O1DLB72OtAWwugZb+Pl2dIhiLDT1gFV6kqVe92dZm1QW51M2zY
XZbRDujOXmN0z6neS/3hNAmHE5JvZBe8VfvlTFpy73jfvmr63v1GyU8724o3CXNg
zB/p42TUZcfr+CnlAdNOSAk=
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC/8jVWvDVwI598
+rLf1C8tIreiIaKt+5Dc6NUJNPfAxPqEtJk/62b/i6neNv+T5b36vYRamNsrSsdH
vZdrtR8mATFOfi/5Bs3GykyRfo6PafVKwM9w94znwcu4XzqH+SacPec58G2gkCSp
eQutKM4Qo2RdqzNCZ1jlqyLybr3sAZqjrPHGlGO6ISg+7CmvHV+dWOglW5Ra0WGw
5kiHfJr1cpmPv9jlVHjMRP0ulcTe9CeDgfIFksBQOemPS7PPQMS8+KyRaKy3Swge
jwFaQL+aQze9XfMeeYqdu1kKyUPDtWRIw1toqd896Js5TVRKkOtf6ign7/0OYC5j
KfLKnVlBAgMBAAECggEABVHDgDXaK34Uy204Eu/n/CADSsuigIPWsXbMK0cmgh46
exqRuuakvoiyxR37TCIzWr3/JFZGyRbMxMuJZS4U65JDjm/D7QcLdxVR7ecvv1W4
LPpkRVMv1u1G3nwRkhONVNFd6t+VUUp7koJUCoLnNNO5fP/x0pws0ktBaOcAUxar
AK/AWbTfoZRim2Pmvt/SoYy88R+NJk90E8LRQiXfyXDnbr28+Jw9NoGTG6RBJl8g
xSEETa0xt5HOZOPoYJf2QQx2aBjtypvgm9JQ4iHAqdYEcTP74JjkPWpJBcz6ERJi
slujbsm9NemBNtnJJDU+6hrTIVi70YGavJzXvqTVSQKBgQD97bGmUMdLU1Jm23t9
N5W/VIFy/zxcr8GMLSjUNxbkZVq3w+/XycYfSE/thfSDvzVP6avFPLkUinjN2J4i
rRUxj8uArYcx+V5J6J8jicGD32tgueQ99lKOr6DK05gZMi75T9YWuuLOwVbCjka5
lsWMVu9dQR1lNfLsDXlk+MBq8wKBgQDBgxHrkGDP83mwKUvZtniJIa7rYVCbKx4o
EQkkjkmwRQJtm5k68Vm4oZpPqtmGCiAAMK9qNFuWvcWHpbCdT1owVhutHHL9I/1E
MFM/clhwELpTeXBovdwxYszwXmBzawdH0UmrEzkcQBwyQ20X1lHuhY4l7rQr16mV
ZzIV3R7P+wKBgDzPwt6ws7m/X5mQcJeBS1SB2Wp/46XS1YhLfF6uPsY926bsvrCv
+smdGL8qeG9gyFS2AlP/AdgAfYPWn7BwQQYYiMTtSdZXARS0KABryjNZuy5z9kw8
hHL1bo2EdQV7tjIww3W4Ff8r4CpBxoBFslO0sihkIrUNYXrUk0DyLaqvAoGBAJFc
sgNwCylqzghknRPIHDd20/0Atxo4g4i5c1LAh94fmLlZXvuF/U3SJyadQpWL2YoL
CFoRRpOvrkg9ULR6vVb9+ABMFJzPghrM6lwIuyJDjpPR73ze0h9PBn+xhWZuCaQL
NPmLkSUFi6i+OZ7kYdt4+9TGwRUGBd+zC06dMd4tAoGAeMg+G+4hYYYQVqdSc537
2BngBT3GDSuEBg4kArdxC4qHMjYRTtVCu/xwlntYQ/DQSzaJxRF6sUFryxYfdF0h
jqvVrqOfFZvGkvw4Ikl0CGOQRWT9Kdj8Oj1ezAVsigaoaZF3xurEIqT0jSyAndWq
tFCqKclEXs2SOur4RN+NMVU=
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDAogKcCpOA+dOT
RD2tjB1uVLEcTJgxhgsZP0/kj98jf2L7MyRSiac8LeeAOn99Vw27DR6SDEbRh9ng
QNNngvu3TVPwHnX3TZ7NLt4vsCsF2esLDuyMThod4Sg3BgbqC2BJpfiicHxPnwrm
vq5q6pPOSwNe7HFK2C6zCoyTrcsw5c+1QMc4ci5BuL2QHrnPLtRJ4PI1IG0ownw9
P2gmniuQD1jD5hWQGIVvmG/Syw9RiurB473BTHQTVqr6f319FrzinqyakLBHfIdN
MupPLBP8PLlmyoctSo/M4vbIdBBQ22gxUnjO5SdgCBUv+K09tfDDv2IIy/pbp+l/
a/y6HhoBAgMBAAECggEAAKjtalxs6e2xKFl8/pmyxhx7KNYoVU8YvaLmYqmNgaEf
lS21K6U2EfI0T0+j/Sltrhza5HQvT+tvtyFxt/KOay/UIEfyboDxENHex/oKA7Cd
6gFIlSh1VXHegeW+41FbqJTtd5z8CAfK8URo84vPKs89+TbFIpT///QCzES1o/q8
BUOiYb4BcK4Cj3g83kklV0YMlsL9K1HyI39Gp0cOSMcU6VFe0dM7U9XS05vABwBD
Zb1J9Mh5XN4Ivb7cGnBQsVFS0vUCJBOS55bTfqrust5zccrZO4qvkwd20H6lJChD
fnFHW0HefDgvkjfgOX6atb94B+LbreTcxO1yBB66mQKBgQD8Pm4IjMRt0UFDO8gO
n1Hsl+K//4CR8NcOKnzc3JE9bDSd13Vn6PwOi4xY6wL4HQyGwTyDqtyLInqcsvWl
zkaqFaqD1Nb/Vxc23/aOFwCfiHjbdlfSoN7wcDGhzyFoaOIoopBnzqi34s9zrwZe
GPC7/0Ucy8B//KMS0e3SVSxXxQKBgQDDgFbav8M1rhmyzE0pKiUrorldL9WHn46K
pWMoBWSp6Uf8CTJf4303hvCJlZd4/El7YDoapaA089PzKcZzkK/+sZFcVip4ZZpc
Ns7LaCVV4+pHtfU+FMfa+7jsHLf9FbHOboS4A/hPdZ03kGavpdIWJcU2lGfExits
TFJT8OxhDQKBgQDHlWIc07zMo6i+2PtnTnpU+KzKfBCv6N9Qbx/S5ZbqAcb0KTnV
WQyvOY14AaOcy+dQbG9EQxoz4LkhaZxib/+Lro73tp3S9YcBvV3peZvdnu75vv6o
Qu+DUVKEFE77vRlNS6t055ipvwWkJBWmuJcqOUXnDfSnkC87we0p4oiufQKBgFec
2k+qBJe38DhaqnG6O3I0uJF0cGMZNE4aFDfJQvWKYAIpNPQYBPOve3iNG5bSqTOr
Sh7K/uL8Ko4cuJztyJGBjj0tOFdAYU7WGRK7F5BIVaPRfZhWw8H1cUgPDr1SzZ5P
lRbKYKtrcAuIoRwyWdYnExyEoYRjsu4Tvgl0PNq5AoGAcJJXiuwgJ2tW0i2bQX1r
2K6r7hm6znUy/pJTXxcKJCoXI1nIe9Yc5qwetcUypsGZTQrJMJr7UoPR+Sb//Me8
t7EnPSvVWa6CtJmcL3aH+oF6+6zzcUQM6ngYcsoPxi2oyqjvKWJfJ9pG4gOJ4Lqn
athpy0OOAhaIGqvTyoyL0lg=
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCY+dHDi1pDRPqy
ggTU1BRogqKC2Jjbi90S80yYHBNPCCO8COQiHfICPytQpBycJmLU7biQR621jqT3
jsx+zNn0U0ukiiHTE12i4vcV5TyCA/Z2wor+XfZPsdwmLT7+kXiuhO8bOWY6siS4
NXcQjbQAZoF+oCdSDpjS9R7gWL9BkijtHmReb5EIonB6TlXLNknAX6Y/s4lf/DBD
O1Emt4NrmtjtamjCDwY7+dYORBSgANyOIs8oUEgMUDJpxBfPN1/zgXxAXBGpfP85
knQ6rymMleHw4DxFhsFPzTZdWUF+L+kCgPGEyRTTozBiRiYD69rbQJs4R+TafLfS
8w1yD6wzAgMBAAECggEAStWLJBm7okTQTxsDugm1ohql3VSQEnatQ2P6CD9Twsm8
kXPYBkiX5zl3uw9NX6X3mypfq1UlSTfqw5/7sdwMk1VcH7XjLhq/J7vYG8H0g7Xk
j9xDmoPkxr+/bn2b33TSkK0/OxYtSHF1PRgKkvJ/J+L9XjCCi8XQRQLcg+tmRHC2
DHglyuM6W8on9ogsSVuGRwNw7IqZoZAVwej4ORqpA/ss6o7mtYnlQwqroN6m9w4v
+waNi3jts1q9X0FaN+eyQKcgbx6b1278/9pa+0i0T7dqblAQ785ZS4f9mEPtBhKc
UJ1cy4paBH6hTMiszdHOGb8kJK0sy0bAPaBSTY9n4QKBgQDNXh8I7tctDzeY4qCA
1sSLqBeBro/7PKyKJ3ZQ1WlwbjUGsLJzk9YCsu6i0n7bJC/0YweXLmzZhjW/cyRz
GZ1C/HlWraGRXkwf77X3FYvkal7AU2UlLTE42w+GWoKXouy8mDk0JQXGEVgJPwCb
WQdxD9d5aOTtnHnnyGXPomQdDwKBgQC+sPbX0YP4iRyfb7BdU7D0d/Xt8xIxxA1Q
jpKM/0qr7hChOioyiLRHwH4JE4H1wcmh28dfDf2tWQhE9CR4dlhlJZbpD4az3FYM
C74v3mzEebvC7k0iZyLV1Pdcxeql0OquKX4G1EFc4r1TD2Od1/iJQliCFD0rPLR/
1ipa/UyGnQKBgHxV5bhE0iXHtsNrQf1/CdP72u96vlU/cL7cEXfzHTkioBwC0qfC
86kCqBQQGRmYGSh+5FOVmfVAmj3k+kZtVZb+wH/H86/NRY14VdTYSK/r7p3GX9BY
QhrIFegj2DjyPR4Zk1iMqag3S/OdH0LubeD31F7/MMrjF7NK0skY6j/lAoGBAJkF
DK/W0t3nuO5AA/iAJimm8dRGD72bo0uXfQZj/hnFadbXA/GVPYWuc/T4kHsTTKfz
4yLl6UDnhvk+KN35qalQ5q6S5PcDwpDcA3wKMqHfRcqAy6jltlB9Gxp5P3hcE1Y6
uYTlYqYU1PQID1okaq5KbRfFAejmR7mltEtbo8MJAoGBALOFFY6uworW+Yfz11I6
MPxyXICEDLrgLDcewBAiZrBvWtJY9IgeNRhXHKKcs7gZuMGumHG+eXCpcHxBfFho
0PMRoEU0t1Lxe0IkfdNjfJyD9MN8754/vH0pAVIWWaMMuYYrvVqi87s+EH+O/1EB
a9fs5tHf/ldUb2gNIQC5B43i
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDl3n8LCxfbgLoP
47ZG79zvVnQZPWjMIPhNJ8GH0hMCxh5uOWkuSVUUY0Q3KtoLPgRRNfCp2U147BF1
GyvieqcIgkGhgh5qEvLbgw+cz+V/GTTqr0gGTdVst/b2ao+hXbVjd0H7oIgXTnmU
z+nE0SrptwB6U7hYw6U3SuOdXHHVM/oxXXfin5FeM1Fs/oo3ulCwpaYmSFXxpdYu
/aX6n1tXGGiw9hU9E9vWAloApEmzRVLf8ph4vb1+sHHf58rOOv0uDvN6qkCCo493
PCQyJ63jRBZuExwAlz3p0vj0GYlyoHCRVpLYnUq81Sag99R8vy6+wKsCvPVjsk38
6h+hZm63AgMBAAECggEANv0GPCCPuPkuyU1KVebcXb67MCyCDM7YRzC6+aA13wSA
1BJUyHdPbHygnWfZWDYiN0EljKQIheRG+tIgqeF4Yq8yPw4O84YL5ZoRGoybFE/1
2ixLGQL2irbpU6JDMLFnil9FgAmzdIvXxtMD04rL7rPR3/F2GHnY5IS8NXEfZAZC
fRy4/Qonl8Mph165fAlOi9xiRUFHvDOnZCjEcS4SzbiruOlEqgO6xjD7Y44mEBBK
GglQjWZNMPu+OyU4K9jJ1jPgMO7gSp0R+hCRpRNIAsooYj/UGWRcnHhdWT2z+gkW
ApzBdPyZoC0MH99djq/PwOv5uiBs5eP929wwcaIIhQKBgQD4BySC/Xfx7qfzEp3/
rXXuf43l4/L6fD+sNXCiICwj9JgD2OwDtOAZPJ63+EEoXy0pNObKIVdPUVKMd+au
yIVigdxtezU4C3Yehf8LimvLVNOln+Qp9o+KooyfGFvKoe0D9xAVnjb6iDmUfTrT
oFrMGIIj56nwioCT4fRqgGLVcwKBgQDtQe/l/6msjKOF1ARRDJO3oZfuvNu2qk6q
Mbhw05/NphiuKyWIaWQOmKRcPc6wMmCMD+uzlSawKJmI506cS3On7pq+8NEmdEPX
4QXomKF0cqkdwccm3D5rT30fM8/AuuJWSzaoLY5NMDItfw0Mx8MtTF1tn1qnieCV
W+h78GcQrQKBgHUjqnLTExsIA/ohCM4ANnp1c6bniZITrF7AvnlTiIVSt5jZkl4N
xukkYDGy5dMTYFjdy0IbjQjA96Ov3RsfSR/FBT4PuorFnvu7fUEOFurpHSxT34aS
FCj9rDxXXMLOxwngXZBYMM8SF1+x5V6dlURfLteWSgR45VDynmTOTd9RAoGBALcm
YmmbLcD8pDLoExj564Ii5SUvdzCQUb+COE4on0DiSkURG50tNkcqQB7Qu6A6k1sr
4xizN7Ve8f7ECGQQvsxRHfXt8paLw99/Xs9KG8DHzpMhBnqSJEE0kHMozOSLn7Nb
xmqXGDWv0dxbKpjGEH4EaE76Z8HTZqIF2/bpArbVAoGAGrG1qTbU/dK6LNFi7Xg1
R1ajfFiQGatMf9izNYAB1JZUH4Fwt4o6E+doMLiDBbfZzOvn2hzqqoa1XsoZsjEN
NLFB264kjm1dsd74IVvGm2mytcRes6IGHxS0crZ8Xeb0cciPoqDIsCnC/qk92Aze
e0Opsf5KTRqi4vRnjBNPDCU=
-----END PRIVATE KEY-----
""",
)
"""TEST KEYS ONLY, as PKCS#8 in PEM."""
