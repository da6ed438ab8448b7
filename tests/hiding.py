"""Ways to write `A-4 approve` into HTML so that a reader sees it, does not, or may not: tables for tests."""

from __future__ import annotations

WORDS = "A-4 approve"
_IN_DIV = '<div style="{}">A-4 approve</div>'
_IN_SPAN = '<span style="{}">A-4 approve</span>'


def _styled(styles: str, shape: str = _IN_DIV) -> dict[str, str]:
    return {style.strip(): shape.format(style.strip()) for style in styles.strip().split("\n")}


# what no browser shows: none of it may stand in the text
HIDDEN = _styled("""
font-size:0
font-size:0px;color:#fff
FONT-SIZE : 0PT
font-size:1px
font-size:2px
font-size:1pt
font-size:.01rem
font:0/0 a
font:0px Arial
font-size:0!important;font-size:16px
font-size:0;font-size:bogus-size(
opacity:0
opacity:0.01
opacity:1%
filter:opacity(0)
filter:opacity(0%)
display:none
DISPLAY:NONE
display:none!important
display:none !important;display:block
display:/**/none
display:n\\6fne
disp\\6c ay:none
display : none ;
visibility:hidden
visibility:collapse
content-visibility:hidden
color:transparent
color:rgba(0,0,0,0)
color:#0000
color:rgb(0 0 0 / 0%)
color:hsla(0,100%,50%,0)
background:#fff;color:#fff
background:white;color:#fefefe
background-color:#000
background:black
background:#123456;color:#123456
background-color:rgb(1,2,3);color:rgb(3,2,1)
background:hsl(120,100%,50%);color:lime
-webkit-text-fill-color:transparent
height:0;overflow:hidden
max-height:0;overflow:hidden
max-height:0px!important;overflow:hidden!important
max-height:1px;overflow-y:hidden
width:0;overflow:hidden
max-width:0;overflow:hidden
height:0;overflow:auto
height:0;overflow:clip
height:0.1em;overflow:hidden
line-height:0;overflow:hidden
block-size:0;overflow:hidden
position:absolute;left:-9999px
position:absolute;top:-9999px
position:fixed;left:-1000em
position:relative;left:-9999px
position:absolute;clip:rect(0,0,0,0)
position:absolute;clip:rect(1px,1px,1px,1px)
margin-left:-9999px
margin:0 0 0 -9999px
margin-top:-9999px
text-indent:-9999px
clip-path:inset(50%)
clip-path:inset(100%)
clip-path:circle(0)
clip-path:polygon(0 0,0 0,0 0)
-webkit-clip-path:inset(50%)
transform:scale(0)
transform:scaleX(0)
transform:scale(0,1)
transform:translateX(-9999px)
transform:translate(-9999px,0)
transform:matrix(0,0,0,0,0,0)
scale:0
translate:-9999px
""")
HIDDEN |= {
    f"span: {style}": shape
    for style, shape in _styled(
        """
font-size:0
opacity:0
color:rgba(255,255,255,0)
display:none
background:#eee;color:#eee
position:absolute;left:-9999px
display:inline-block;width:0;overflow:hidden
float:left;height:0;overflow:hidden
""",
        _IN_SPAN,
    ).items()
}
HIDDEN |= {
    "in a parent of no size": '<div style="font-size:0"><b>A-4 approve</b></div>',
    "a part of no size": '<div style="font-size:0"><span style="font-size:2em">A-4 approve</span></div>',
    "opacity by opacity": '<div style="opacity:.2"><div style="opacity:.2">A-4 approve</div></div>',
    "in none, shown": '<div style="display:none"><p style="display:block!important">A-4 approve</p></div>',
    "black on inherited black": '<div style="background:#000"><p>A-4 approve</p></div>',
    "bgcolor": '<table width=140 bgcolor="#000000"><tr><td>A-4 approve</td></tr></table>',
    "bgcolor of the cell": "<table width=140><tr><td bgcolor=black>A-4 approve</td></tr></table>",
    "font color": '<div style="background:#fff"><font color="#ffffff">A-4 approve</font></div>',
    "font color by name": '<div style="background:#fff"><font color=White>A-4 approve</font></div>',
    "body bgcolor": '<body bgcolor="#000000">A-4 approve</body>',
    "body style": '<body style="background:#222;color:#222">A-4 approve</body>',
    "body text": "<body bgcolor=navy text=navy>A-4 approve</body>",
    "body gone": '<body style="display:none"><p>A-4 approve</p></body>',
    "below the body": '<body style="display:none"></body>A-4 approve',
    "hidden": "<p hidden>A-4 approve</p>",
    "hidden until found": '<p hidden="until-found">A-4 approve</p>',
    "hidden in capitals": "<P HIDDEN=HIDDEN>A-4 approve</P>",
    "first style counts": '<p style="display:none" style="">A-4 approve</p>',
    "entity in style": '<p style="display&#58;no&#110;e">A-4 approve</p>',
    "style without quotes": "<p style=display:none>A-4 approve</p>",
    "never closed by itself": '<p style="display:none"/>A-4 approve</p>',
    "class": "<style>.x{display:none}</style><p class=x>A-4 approve</p>",
    "class from below": "<p class=x>A-4 approve</p><style>.x{display:none}</style>",
    "id": "<style>#x{font-size:0}</style><p id=x>A-4 approve</p>",
    "element": "<style>p{display:none}</style><p>A-4 approve</p>",
    "list of selectors": "<style>h1, .y,\n.x {display:none}</style><p class='a x'>A-4 approve</p>",
    "element with class": "<style>p.x.y{opacity:0}</style><p class='y x'>A-4 approve</p>",
    "descendant": "<style>.a .b{display:none}</style><div class=a><i><p class=b>A-4 approve</p></i></div>",
    "child": "<style>.a > .b{display:none}</style><div class=a><p class=b>A-4 approve</p></div>",
    "everything": "<style>*{font-size:0}</style><p>A-4 approve</p>",
    "important": "<style>.x{display:none!important}</style><p class=x style='display:block'>A-4 approve</p>",
    "the id weighs more": "<style>#x{display:none}.x{display:block}</style><p id=x class=x>A-4 approve</p>",
    "the later weighs more": "<style>.x{display:block}.x{display:none}</style><p class=x>A-4 approve</p>",
    "screen": "<style>@media screen{.x{display:none}}</style><p class=x>A-4 approve</p>",
    "all": "<style media=all>@media all{.x{display:none}}</style><p class=x>A-4 approve</p>",
    "comments in css": "<style><!-- /* } */ .x{/*;*/display:none} --></style><p class=x>A-4 approve</p>",
    "broken rule above": "<style>}} .y{color:} .x{display:none}</style><div class=x>A-4 approve</div>",
    "capitals": "<STYLE>.X{DISPLAY:NONE}</STYLE><p class=X>A-4 approve</p>",
    "of the root": "<style>html{display:none}</style><p>A-4 approve</p>",
    "popover": "<div popover>A-4 approve</div>",
    "popover auto": '<p popover="auto">A-4 approve</p>',
    "popover manual": "<p popover=manual>A-4 approve</p>",
    "popover hint": "<section popover=hint><p>A-4 approve</p></section>",
    "popover of any kind": '<p POPOVER="when asked">A-4 approve</p>',
    "popover, floating": '<p popover style="position:fixed;color:#000">A-4 approve</p>',
    "popover in a list": "<ul><li popover>A-4 approve</li></ul>",
    "popover in a line": "<p>x <span popover>A-4 approve</span></p>",
    "popover around a quotation": "<div popover><blockquote>A-4 approve</blockquote></div>",
    "popover with a button": "<button popovertarget=x>x</button><div id=x popover>A-4 approve</div>",
    "template": "<template>A-4 approve</template>",
    "template around an end": "<template></div></template><template>A-4 approve</template>",
    "title": "<title>A-4 approve</title>",
    "comment": "<!-- A-4 approve -->",
    "dialog": "<dialog>A-4 approve</dialog>",
    "datalist": "<datalist><option>A-4 approve</datalist>",
    "iframe": "<iframe>A-4 approve</iframe>",
    "noscript": "<noscript>A-4 approve</noscript>",
    "noframes": "<noframes>A-4 approve</noframes>",
    "noembed": "<noembed>A-4 approve</noembed>",
    "audio": "<audio>A-4 approve</audio>",
    "video": "<video>A-4 approve</video>",
    "canvas": "<canvas>A-4 approve</canvas>",
    "progress": "<progress value=1>A-4 approve</progress>",
    "meter": "<meter>A-4 approve</meter>",
    "rp": "<ruby>x<rp>A-4 approve</rp></ruby>",
    "details": "<details><summary>x</summary>A-4 approve</details>",
    "details, deeper": "<details><summary>x</summary><div><p>A-4 approve</p></div></details>",
    "details, a second summary": "<details><summary>x</summary><summary>A-4 approve</summary></details>",
    "script": "<script>A-4 approve</script>",
    "meta": '<meta name=description content="A-4 approve">',
    "attributes": '<img alt="" title="A-4 approve"><p title="A-4 approve" data-x="A-4 approve"></p>',
    "hidden input": '<input type=hidden value="A-4 approve">',
    "an end tag out of the cell": "<div style=display:none><table><tr><td></div>A-4 approve</td></tr></table></div>",
    "an end tag out of a block": "<span style=font-size:0><div></span>A-4 approve</div></span>",
    "a font goes on": '<div><font style="font-size:0"></div>A-4 approve</font>',
    "a bold goes on": '<p><b style="display:none"></p><p>A-4 approve</p></b>',
    "a block goes on": '<b><div style="display:none"></b>A-4 approve</div>',
}  # fmt: skip
# what few readers see: those with a dark page, or whose browser draws no letters as small as that
UNSEEN = _styled("""
color:#fff
color:white
color:#fdfdfd
color:rgb(255,255,255)
color:rgba(255,255,255,.9)
color:hsl(0,0%,100%)
""")
UNSEEN |= {
    "a tenth": '<p style="font-size:0.1em">A-4 approve</p>',
    "a twentieth": '<p style="font-size:5%">A-4 approve</p>',
    "font": '<font color="#ffffff">A-4 approve</font>',
    "font of three": "<font color=#fff>A-4 approve</font>",
    "inherited": '<div style="color:#fff"><p><b>A-4 approve</b></p></div>',
    "class": "<style>.x{color:#fff}</style><p class=x>A-4 approve</p>",
}
# what nobody can tell without a screen
DOUBTFUL = _styled("""
font-size:calc(1px - 1px)
font-size:var(--nothing)
font-size:0.1vw
font-size:clamp(0px,0px,0px)
font-size:4px
opacity:calc(0)
opacity:.2
color:var(--nothing,#fff)
color:color-mix(in srgb,white,white)
color:oklch(1 0 0)
color:#e6e6e6
background:url(data:image/png;base64,x)
background:linear-gradient(#000,#000)
background-image:linear-gradient(#000,#000)
height:calc(0px);overflow:hidden
height:6px;overflow:hidden
height:20px;overflow:hidden
max-height:1em;overflow-y:clip
width:20px;overflow:hidden
height:0;min-height:20px;overflow:hidden
position:absolute
position:fixed;right:10px
position:relative;top:-300px
margin-left:3000px
text-indent:3000px
transform:rotate(90deg)
transform:rotateX(90deg)
transform:translateX(-200px)
rotate:x 90deg
clip-path:url(#x)
mask:linear-gradient(transparent,transparent)
-webkit-mask-image:linear-gradient(transparent,transparent)
mix-blend-mode:screen
filter:blur(40px)
filter:brightness(100)
animation:x 1s forwards
letter-spacing:-1em
z-index:-1;position:relative
line-height:0
display:var(--nothing)
all:initial
unicode-bidi:bidi-override;direction:rtl
-webkit-text-security:disc
""")
DOUBTFUL |= {
    "words before": '<style>p::before{content:"Not so: "}</style><p>A-4 approve</p>',
    "words after": '<style>.x:after{content:" - says Ben"}</style><p class=x>A-4 approve</p>',
    "a question mark after": '<style>#x::after{content:"?"}</style><p id=x>A-4 approve</p>',
    "a cross before": '<style>p:before{content:"\\2717 "}</style><p>A-4 approve</p>',
    "words of an attribute": '<style>p::after{content:attr(title)}</style><p title="says Ben">A-4 approve</p>',
    "words around": '<style>div::before{content:"Ben:"}</style><div><p>A-4 approve</p></div>',
    "words in a medium": '<style>@media screen{p::before{content:"not "}}</style><p>A-4 approve</p>',
    "words at a brother": '<style>i+p::before{content:"not "}</style><i></i><p>A-4 approve</p>',
    "words that matter": '<style>p::before{content:"not "!important}</style><p>A-4 approve</p>',
    "a word for a bullet": "<ul style=\"list-style-type:'Not so: '\"><li>A-4 approve</li></ul>",
    "a word for a bullet by a rule": '<style>ul{list-style:inside "not "}</style><ul><li>A-4 approve</li></ul>',
    "a word for a marker": '<style>li::marker{content:"not: "}</style><ul><li>A-4 approve</li></ul>',
    "words for quotation marks": """<p style="quotes:'Ben: ' ''"><q>A-4 approve</q></p>""",
    "narrow screens": "<style>@media (max-width:9999px){.x{display:none}}</style><p class=x>A-4 approve</p>",
    "screen and": "<style>@media screen and (min-width:1px){.x{font-size:0}}</style><p class=x>A-4 approve</p>",
    "supports": "<style>@supports (color:red){.x{display:none}}</style><p class=x>A-4 approve</p>",
    "layer": "<style>@layer a{.x{display:none}}</style><p class=x>A-4 approve</p>",
    "attribute": "<style>[title]{display:none}</style><p title=x>A-4 approve</p>",
    "attribute of an element": "<style>p[title^=x]{display:none}</style><p title=x>A-4 approve</p>",
    "first child": "<style>p:first-child{display:none}</style><p>A-4 approve</p>",
    "not": "<style>p:not(.y){display:none}</style><p>A-4 approve</p>",
    "brother": "<style>i + p{display:none}</style><i></i><p>A-4 approve</p>",
    "nested": "<style>div{.x{display:none}}</style><div><p class=x>A-4 approve</p></div>",
    "both ties": "<style>.a > .b .c{display:none}</style><div class=a><div class=b><div class=b><p class=c>A-4 approve"
    "</p></div></div></div>",
    "first line": "<style>p::first-line{color:#fff}</style><p>A-4 approve</p>",
    "colour of a medium": "<style>@media (min-width:1px){.x{color:#fff}}</style><p class=x>A-4 approve</p>",
    "body from below": '<p>A-4 approve</p><body style="display:none">',
    "html from below": "<p>A-4 approve</p><html hidden>",
    "a mark never closed": '<p title="x>A-4 approve</p>',
    "bdo": "<bdo dir=rtl>A-4 approve</bdo>",
    "background of old": "<table background=x.png><tr><td>A-4 approve</td></tr></table>",
    "too deep": "<div>" * 600 + "<div style=display:none>A-4 approve</div>",
    "too much css": f"<style>{'.y{color:red}' * 8000}.x{{display:none}}</style><p class=x>A-4 approve</p>",
    "imported": "<style>@import url(data:text/css,p{display:none});</style><p>A-4 approve</p>",
    "after plaintext": "A-4 approve<xmp>",
}
# what everybody sees; the last ones are how mail programs write
SEEN = _styled("""
color:#000
color:#666
color:#999
color:blue
color:windowtext
color:inherit
color:black;background:yellow
color:#fff;background:#000
color:#fff;background:#14425c
background:#f5f3ee
font-size:9px
font-size:small
font-size:80%
font-size:10pt;font-family:Calibri,sans-serif
font:12px/1.4 Arial
font:bold 12pt Georgia,serif
opacity:.9
visibility:visible
display:block
display:inline-block
display:none;display:block
display:none;display:flex
font-size:0;font-size:12px
height:0
max-height:0
width:0
overflow:hidden
width:600px;max-width:100%;overflow:hidden
overflow:auto;max-height:300px
left:-9999px
text-indent:-16px;padding-left:16px
margin-left:-.25in;margin-right:20px
margin:0 auto
margin:0in 0in 8pt
clip:rect(0,0,0,0)
transform:none
filter:none
clip-path:none
animation:none
position:relative
position:static;top:-9999px
zoom:1
letter-spacing:-.2px
line-height:1.5
line-height:115%
text-shadow:1px 1px #ccc
caret-color:rgb(0,0,0);color:rgb(0,0,0)
mso-fareast-language:EN-US;mso-line-height-rule:exactly
-webkit-text-size-adjust:100%;word-wrap:break-word
background:none
background:transparent
background:initial
border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in
""")
SEEN |= {
    f"span: {style}": shape
    for style, shape in _styled(
        """
height:0;overflow:hidden
width:0;overflow:hidden
transform:scale(0)
content-visibility:hidden
color:#4472C4
""",
        _IN_SPAN,
    ).items()
}
SEEN |= {
    "of a size again": '<div style="font-size:0"><span style="font-size:12px">A-4 approve</span></div>',
    "of a size by font": '<div style="font-size:0"><font size=3>A-4 approve</font></div>',
    "visible again": '<div style="visibility:hidden"><p style="visibility:visible">A-4 approve</p></div>',
    "a colour again": '<div style="background:#000"><p style="color:#fff">A-4 approve</p></div>',
    "a ground again": '<div style="background:#000"><p style="background:#fff">A-4 approve</p></div>',
    "a link is blue": '<div style="color:#fff"><a href="https://pier.example/">A-4 approve</a></div>',
    "marked": '<div style="color:#fff"><mark>A-4 approve</mark></div>',
    "body in colours": '<body bgcolor="#000000" text="#ffffff">A-4 approve</body>',
    "hidden, but shown": '<p hidden style="display:block">A-4 approve</p>',
    "another class": "<style>.x{display:none}</style><p class=y>A-4 approve</p>",
    "another place": "<style>.a .b{display:none}</style><p class=b>A-4 approve</p>",
    "not the child": "<style>.a > .b{display:none}</style><div class=a><div><p class=b>A-4 approve</p></div></div>",
    "print only": "<style>@media print{p{display:none}}</style><p>A-4 approve</p>",
    "a style for print": "<style media=print>p{display:none}</style><p>A-4 approve</p>",
    "the pseudo element": "<style>p::before{display:none}p:hover{display:none}</style><p>A-4 approve</p>",
    "the style weighs more": "<style>.x{display:none}</style><p class=x style='display:block'>A-4 approve</p>",
    "the id weighs more": "<style>#x{display:block}.x{display:none}</style><p id=x class=x>A-4 approve</p>",
    "a comment": "<style>/* .x{display:none} */</style><p class=x>A-4 approve</p>",
    "the font ended": '<div><font style="font-size:0"></font></div>A-4 approve',
    "the block ended": '<div style="display:none">x</div>A-4 approve',
    "the cell ended": "<table><tr><td style=display:none>x</td><td>A-4 approve</td></tr></table>",
    "inert": "<div inert>A-4 approve</div>",
    "popover, but shown": "<div popover style=display:block>A-4 approve</div>",
    "a bullet before": '<style>li::before{content:"\\25cf  "}</style><ul><li>A-4 approve</li></ul>',
    "a number before": '<style>li:before{content:counter(x) ". "}</style><ol><li>A-4 approve</li></ol>',
    "nothing before": '<style>p:before,p:after{content:"";content:none}</style><p>A-4 approve</p>',
    "a dot that clears": '<style>.x:after{content:".";display:block;clear:both}</style><div class=x>A-4 approve</div>',
    "words elsewhere": '<style>.y::before{content:"not "}</style><p class=x>A-4 approve</p>',
    "words under the mouse": '<style>p:hover::before{content:"not "}</style><p>A-4 approve</p>',
    "a list without bullets": '<ul style="list-style:none;list-style-type:disc"><li>A-4 approve</li></ul>',
    "open dialog": "<dialog open>A-4 approve</dialog>",
    "summary": "<details><summary>A-4 approve</summary>x</details>",
    "indented before": '<div style="text-indent:-9999px"><p style="text-indent:0">A-4 approve</p></div>',
    "Word": "<style>@font-face{font-family:Calibri;panose-1:2 15 5 2 2 2 4 3 2 4}\n@page WordSection1{size:8.5in 11in}"
    "\np.MsoNormal, li.MsoNormal{margin:0in;font-size:11.0pt;font-family:Calibri,sans-serif}\nspan.E{mso-style-type:"
    "personal;color:windowtext}.MsoChpDefault{mso-style-type:export-only}</style><div class=WordSection1><p class="
    "MsoNormal><span class=E>A-4 approve<o:p></o:p></span></p></div>",
    "Gmail": '<div dir="ltr"><div style="font-family:arial,sans-serif;color:#222222">A-4 approve</div></div>',
    "Apple": '<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'
    "A-4 approve",
    "Outlook on the web": '<style type="text/css" style="display:none;">P {margin-top:0;margin-bottom:0;}</style><div '
    'class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);">A-4 '
    "approve</div>",
    "Proton Mail": '<div style="font-family: Arial, sans-serif; font-size: 14px; color: rgb(0, 0, 0); background-color:'
    ' rgb(255, 255, 255);">A-4 approve</div>',
    "Yahoo": '<div class="yahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial;font-size:13px;"><div '
    'dir="ltr" data-setdir="false">A-4 approve</div></div>',
}  # fmt: skip
# what a browser draws, and is no writer's line all the same
NO_LINES = {
    "for Outlook": '<div style="mso-hide:all">A-4 approve</div>',
    "textarea": "<textarea>A-4 approve</textarea>",
    "textarea around an end": "<div><textarea></div>A-4 approve</textarea></div>",
    "button": "<button>A-4 approve</button>",
    "select": "<select><option>A-4 approve</select>",
    "input": '<input value="A-4 approve">',
    "math": "<math><mtext>A-4 approve</mtext></math>",
    "svg": '<svg><text y="20">A-4 approve</text></svg>',
    "object": "<object>A-4 approve</object>",
}
