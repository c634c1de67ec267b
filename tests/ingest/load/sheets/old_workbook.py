"""A workbook as LibreOffice 7.4 writes it in Excel's old format, which nothing here can write."""

from __future__ import annotations

import lzma
from base64 import b85decode

_PACKED = r"""
{Wp48S^xk9=GL@E0stWa8~^|S5YJf5;2r-4n_U2CGrk;#Fn3_|q=YHL-
W+x(g7T4u+=$92y6CURtZz3dxl37pjyYI?yil3&c;H;L)#7`XsE-Vs3%G}(eJ+SNTAj#$+XLkQ@s<)%kne{pa8^hm4ME}q8
{Kj4+cdwirHEKst_;pDLMMUl9xKVgvk#|tc-
=ip%5Ja7PqXNkWOu}>wAo%{$5x|`aXf)^lgYexlYEs8Bc>+4iuXGhgbR%akkoEnFEJ>zZSg!53)$@el`^a*+=!WdrFl{vGE
3zpTCDQa9cg$p{ag(`;La6zPAtq6k}yO#NUFwZxFNObGVKs;WEyYxc-<PP961dPJDL#cAz6>B(iWMhw$o`yj<-
OoEjq503pHn9g*oxcfHz;&p2>(S>D&Nn^y0q9&;Br~{)tU)DGNW6fN@CjX<%KDm4`4h;Y=G|BPT3eysCQ2&&W_-AlPxHnvc
S$H<4|QjqapF=RGJT!!<&C)+6=9Cag#&g;CJHI|v^EkYh*etrqt6m|cueHlCFW^_15a?U0gcKD?4}ZAo%MIGR0`ac8A2(z3
>T?olD!0jqOgix6Xt7griE;ew*x8fO=CBy^Ek9os&B<{bt!EP$Un68bX8`&y!LCL>$L3;%W4EA>4S3gBs$>>mY^iF4hBTwo
U(EVKdtWpt{6cmBHO1B=a)V<4fSw-0UxLOPqSy$((=N8F^Ax2tN*v-
hB8#bv^6kkCLZ5`(C6GTM3~&Qe_$@NybUd9^gsHs!kx2PM5BZ7wJuO5wyw-CW0iDG-%4FRvW8Z-
V2G?8H>9W5<$EsMl{EAgfPnV&M`G621dSOAI(M2J!vW_OZ*|<=DbxlGo;fDV`OAr9m>4)Y9OExwNnAki1uQq{<$DN7xs$Jm
YI5TE8s>FGVbNl=al+BuQe5c|)iID+PN0YxUe!2K6EWV_%3y>|B2%3)LoSZ#;*L6@$9}^J}jAU7GDwtUH2lYzEECnX_5ml9
H^OF6Ua5|C-`Q0zk-
~<A=Yqx<}oQ#}P`e@(h?q`un=D&;wCS4vX`quyWLxZ}M_z#jF+uXpH8072jShu<x&Q4`B+huPKn`AUAd;%9ZFjnZX?MwM72
cq#a?#yIeUt1qw^g)Wka#us*70Jw;OPNu?(2D3k|mJM8ScMXPi8zlhtm^nkl(nxc{7zhQV^%t^nit1VQME4FSeB=<dmIE6D
BxTz}}JhY&!t$Q_tZ;Di5+EVgK$D1nWqb8iUeLTS8o0Lkz*RdI4+eeP8cD^z4BDuS@JcUU(KAp%xI@K#twij$X+aA<g>PjP
T!efgTlUHs`&n(Iw2|>3`ij`@wlkj}MEz9sP`!C6eg62kj5I*Q9@C*ww7#O5%bf5`xqF4}TsoiCld1<ua9s1zGOI3nt69EQ
X@Xo$gCyJuKeUnDZZkcw|pD=!QrKH;(w<)a)qMRH!!^dX}XOmvi{%KT@g-
Zbi2oO7uEFhxK)#<o=$`ba=D`bgNnKg|+uwpCnnKra#<&UTx?6(nVqF$z$<+mI0=a4&d<LIj}CJ{<GoA_>uvSVO7*RGPW(j
%;uri*h;4Ffg*bWrRm2imFo@X|0aiF5SpTeiX&8X|TcEjrrZ=Gpg{54r08L-
R#sU;alTdGTI=Rk61_kYO2g>#@+|au?W3WoGunSJ=9)1u<hkekuG8E|)TQ?QJw%cGr~v0e>63^=W-DHgif8qD3}-^p*#7R-
|z%fQIS3*N4*v%eUY#`d<Y#s~{h=R6}x09U`pm5!IgicYH_RjoYH{luTCWUUkDbD^H_FvGbJ6$xh8xp1h7L7rpi{!jd{^Go
+zv9gG~kXfTxMcLsK?;5I==6&364Ntp9Gp*nyfY3>3T!hT=$Iq=*bgea}7i_wQyRHrB8@hVSPTkzamqq=<RKRE1EhZ`i*+*
yvAlRwgYDxV|l9`bkPTL}lsR2wSYQlzYvrZYX>$9Po9!T|~AB9uMZ_b&8Nni~ieiNJUHDofwl@E`^h5Jl$xuYq!IS-
!rolK)OUj>m6~RFbGm>1dFFcRgBYDv(FX40JkkX}-
&*6**p%s23If1YQvt#*P=hlYGj5s<Y@MV{OsPSK0RW({j9?65&YR$cC$&$jtYLMr+tIneSQ-
5?)^pE+;g=MVUOk=ORm>gd?>|Vuj{XYs|N{Z9xbs`0@{?F!N?-
COI_5Ta_^<rj@s}l_IrMB)%Um^EOH@p>6;G55yw?Tfd7I00FlRfII*IZkZzdvBYQl0ssI200dcD
"""


def old_workbook() -> bytes:
    """Sheets "Prices" (a hidden row and column, a comment), "Merged" and, hidden, "Secret"."""
    return lzma.decompress(b85decode(_PACKED.replace("\n", "")))
