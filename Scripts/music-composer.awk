# Composes a piece of music by rules and writes it as a MIDI file (format 0, 480 ticks a beat):
#   LC_ALL=C mawk -v seed=7 -v seconds=30 -f music-composer.awk > piece.mid
# Says its style on standard error. The same numbers give the same bytes: the generator is that of
# Park and Miller (CACM 31, 1988), exact in doubles.
#
# A piece has a style (instruments of General MIDI, tempo, density), a key, a mode and a loop of
# four or eight chords; a bass, chords or arpeggios, a
# melody that walks along the scale and rests on
# chord notes, and drums play it with small deviations in time and level.

function uniform() { state = (state * 16807) % 2147483647; return state / 2147483647 }
function between(low, high) { return low + (high - low) * uniform() }
function whole(low, high) { return low + int((high - low + 1) * uniform()) }
# One of the words of a text.
function pick(text,    words, count) {
    count = split(text, words, " ")
    return words[whole(1, count)]
}
function chance(share) { return uniform() < share }

# Puts bytes (a text of numbers) at a time in ticks; `order` sorts those of one time.
function event(ticks, order, bytes) {
    ticks = int(ticks + 0.5)
    if (ticks < 0) ticks = 0
    at[ticks, order] = at[ticks, order] " " bytes
    if (ticks > last) last = ticks
}
# A note with a deviation in time and level, that of a player.
function note(channel, key, from, length_, level,    start) {
    if (from >= total) return
    while (key < 21) key += 12
    while (key > 108) key -= 12
    level = int(level + between(-8, 8))
    level = level < 1 ? 1 : level > 127 ? 127 : level
    start = from + (channel == 9 ? between(-4, 4) : between(-10, 10))
    if (start < 0) start = 0
    event(start, 2, (144 + channel) " " int(key) " " level)
    event(start + (length_ > 20 ? length_ : 20), 1, (128 + channel) " " int(key) " 64")
}
function program(channel, number, level, pan) {
    event(0, 1, (192 + channel) " " (number - 1))
    event(0, 1, (176 + channel) " 7 " level)
    event(0, 1, (176 + channel) " 10 " pan)
    # Reverberation and chorus of the synthesiser.
    event(0, 1, (176 + channel) " 91 " whole(0, 70))
    event(0, 1, (176 + channel) " 93 " whole(0, 30))
}
# The key of a step of the scale, which may go beyond an octave either way.
function scaled(step,    octave) {
    octave = int(step / steps)
    if (octave * steps > step) octave--
    return tonic + 12 * octave + scale[step - octave * steps]
}

# Styles: name; programs (1 ... 128) of melody, chords, bass; how chords are played; drums; beats a
# minute from, to.
function styles(    text) {
    text = text "piano|1 1 3|1||broken|none|55|130/"
    text = text "guitar|25 26 27|25 26|33 34|broken|light|70|120/"
    text = text "rock|28 29 30 31|28 29 30|34 35|eighths|rock|95|160/"
    text = text "strings|41 42 43 49|49 50 45|43 44|held|none|50|96/"
    text = text "winds|69 72 74 71|61 71 70|71|held|none|60|110/"
    text = text "brass|57 58 61 60|62 61|59|stabs|rock|90|140/"
    text = text "organ|20 17 18|20 17 20|20|held|none|50|100/"
    text = text "mallets|10 11 12 13 14 9|12 13 11|33|broken|light|80|150/"
    text = text "harpsichord|7 7 8|7|43|broken|none|80|132/"
    text = text "jazz|67 66 12 57 27|1 5 27|33|stabs|swing|100|190/"
    text = text "choir|53 54|53 54 90||held|none|46|80/"
    text = text "electronic|81 82 85 88|91 90 51 52|39 40|eighths|four|110|145/"
    text = text "world|76 78 105 108 109 115|106 108 25|33|broken|hand|80|140/"
    text = text "percussion|||||solo|70|150/"
    text = text "castanets|25 47||||castanets|90|150/"
    return text
}
function choose_style(    list, fields) {
    split(styles(), list, "/")
    split(list[whole(1, 15)], fields, "|")
    name = fields[1]; lead = fields[2]; comp = fields[3]; bass = fields[4]; how = fields[5]
    drums = fields[6]; low = fields[7]; high = fields[8]
}

# Bars of drums: instruments of General MIDI's percussion (35 bass drum, 38 snare, 42 and 46 hi-hat,
# 49 and 51 cymbals).
function drum_bar(start,    beat, i) {
    if (drums == "none") return
    for (i = 0; i < 8; i++) {
        beat = start + i * 240
        if (drums == "rock" || drums == "light") {
            note(9, chance(0.1) ? 46 : 42, beat, 100, drums == "rock" ? 80 : 45)
            if (i == 0 || (i == 5 && chance(0.5)) || (i == 4 && chance(0.6)))
                note(9, 36, beat, 100, 100)
            if (drums == "rock" && (i == 2 || i == 6)) note(9, 38, beat, 100, 105)
            if (drums == "light" && (i == 2 || i == 6)) note(9, pick("37 39 54"), beat, 100, 60)
        } else if (drums == "four") {
            if (i % 2 == 0) note(9, 36, beat, 100, 115)
            else note(9, 46, beat, 100, 75)
            if (i == 2 || i == 6) note(9, 39, beat, 100, 95)
            if (chance(0.5)) note(9, 42, beat + 120, 60, 60)
        } else if (drums == "swing") {
            if (i % 2 == 0) note(9, 51, beat, 100, 75)
            else if (chance(0.6)) note(9, 51, beat + 80, 100, 55)
            if (i == 2 || i == 6) note(9, 44, beat, 60, 60)
            if (chance(0.15)) note(9, 38, beat + 80, 60, 50)
        } else if (drums == "hand") {
            if (chance(0.75)) note(9, pick("60 61 62 63 64 70 75"), beat, 80, between(45, 105))
            if (chance(0.3)) note(9, pick("69 70 82"), beat + 120, 60, 60)
        } else if (drums == "castanets") {
            if (chance(0.8)) note(9, 85, beat, 40, between(60, 120))
            if (chance(0.5)) note(9, 85, beat + 120, 40, between(50, 100))
            if (chance(0.15)) note(9, pick("80 81 75 76"), beat, 300, 90)
        } else if (drums == "solo") {
            if (chance(0.7))
                note(9, pick("36 38 41 43 45 47 48 50 42 46 56 60 64 76"), beat, 120,
                    between(50, 125))
            if (chance(0.35)) note(9, pick("38 42 70 37"), beat + 120, 80, between(40, 90))
            if (i == 0 && chance(0.25)) note(9, pick("49 57 52"), beat, 1000, 100)
        }
    }
}

# The three or four notes of a chord as steps of the scale above its degree.
function chord_bar(start, degree,    i, n, size, key, t, level) {
    if (comp == "") return
    size = chance(0.3) ? 4 : 3
    level = how == "held" ? 62 : 66
    if (how == "held") {
        for (i = 0; i < size; i++) note(1, scaled(degree + 2 * i - steps), start, 1900, level)
    } else if (how == "eighths") {
        for (t = 0; t < 8; t++)
            if (chance(0.85))
                for (i = 0; i < size; i++)
                    note(1, scaled(degree + 2 * i - steps), start + t * 240, 200, level)
    } else if (how == "stabs") {
        for (t = 0; t < 8; t++)
            if (chance(t == 0 ? 0.6 : 0.25))
                for (i = 0; i < size; i++)
                    note(1, scaled(degree + 2 * i - steps), start + t * 240, between(120, 420),
                        level + 12)
    } else {
        n = pattern == "slow" ? 4 : 8
        for (t = 0; t < n; t++) {
            i = t % size
            if (pattern == "fall") i = size - 1 - i
            if (pattern == "leap") i = (t * 2) % (size + 1)
            note(1, scaled(degree + 2 * i - steps), start + t * 1920 / n, 2400 / n, level)
        }
    }
}

function bass_bar(start, degree,    t, key) {
    if (bass == "") return
    key = scaled(degree) - 24
    while (key < 28) key += 12
    if (how == "held") { note(2, key, start, 1850, 72); return }
    for (t = 0; t < 4; t++) {
        if (t == 0 || chance(0.75))
            note(2, t == 3 && chance(0.4) ? scaled(degree + 4) - 24 : key, start + t * 480, 440, 82)
        if (drums == "four" || chance(0.2)) note(2, key, start + t * 480 + 240, 200, 74)
    }
}

# The melody steps along the scale, seldom leaps, and meets a note of the chord at each bar's start.
function melody_bar(start, degree,    t, length_, slow) {
    if (lead == "" || chance(0.1)) return
    t = 0
    while (t < 1920) {
        slow = drums == "none" && how == "held"
        length_ = pick(slow ? "480 960 960 1440" : "240 240 480 480 720 960")
        if (t + length_ > 1920) length_ = 1920 - t
        if (t == 0) where = degree + 2 * whole(0, 2) + (where > 6 ? steps : 0)
        else where += whole(-2, 2) + (chance(0.1) ? whole(-3, 3) : 0)
        if (where > 2 * steps) where -= steps
        if (where < -3) where += steps
        if (!chance(0.12)) {
            note(0, scaled(where), start + t, length_ * between(0.6, 1.05), 88 + (t == 0 ? 8 : 0))
            if (duet) note(0, scaled(where - 2), start + t, length_ * 0.9, 70)
        }
        t += length_
    }
}

# A number as MIDI has it: seven bits a byte, the highest first.
function variable(value,    text) {
    text = value % 128
    while ((value = int(value / 128)) > 0) text = (128 + value % 128) " " text
    return text
}
function big(value, count,    i, text) {
    for (i = 0; i < count; i++) { text = (value % 256) " " text; value = int(value / 256) }
    return text
}
function write_(bytes,    list, count, i) {
    count = split(bytes, list, " ")
    for (i = 1; i <= count; i++) printf "%c", list[i] + 0
}

BEGIN {
    state = (seed * 2654435 + 12345) % 2147483646 + 1
    for (i = 0; i < 10; i++) uniform()
    choose_style()
    tempo = between(low, high)
    total = seconds * tempo / 60 * 480
    mode = pick("0,2,4,5,7,9,11 0,2,4,5,7,9,11 0,2,3,5,7,8,10 0,2,3,5,7,9,10 0,2,4,7,9" \
        " 0,2,3,5,7,8,11")
    steps = split(mode, list, ",")
    for (i = 1; i <= steps; i++) scale[i - 1] = list[i]
    tonic = 60 + whole(-5, 6)
    pattern = pick("rise fall leap slow")
    duet = chance(0.25)
    chords = pick("4 4 8")
    for (i = 0; i < chords; i++) degrees[i] = i == 0 ? 0 : whole(0, steps - 1)
    event(0, 0, "255 81 3 " big(int(60000000 / tempo), 3))
    if (lead != "") program(0, pick(lead), whole(90, 115), whole(44, 84))
    if (comp != "") program(1, pick(comp), whole(70, 100), whole(20, 108))
    if (bass != "") program(2, pick(bass), whole(85, 110), whole(56, 72))
    event(0, 1, "185 7 " whole(80, 110))
    event(0, 1, "201 " pick("0 0 8 16 24 25 32 40"))
    enters = whole(0, 2)
    for (bar = 0; bar * 1920 < total; bar++) {
        degree = degrees[bar % chords]
        chord_bar(bar * 1920, degree)
        if (bar >= enters || comp == "") melody_bar(bar * 1920, degree)
        if (bar > 0 || comp == "") bass_bar(bar * 1920, degree)
        if (bar >= enters || comp == "") drum_bar(bar * 1920)
    }
    last += 960
    event(last, 9, "255 47 0")
    body = ""
    before = 0
    for (ticks = 0; ticks <= last; ticks++)
        for (order = 0; order < 10; order++) {
            if (!((ticks, order) in at)) continue
            # Events of one time follow each other with a distance of 0.
            count = split(at[ticks, order], bytes, " ")
            i = 1
            while (i <= count) {
                kind = int(bytes[i] / 16)
                size = bytes[i] == 255 ? 3 + bytes[i + 2] : kind == 12 ? 2 : 3
                text = variable(ticks - before)
                before = ticks
                for (j = 0; j < size; j++) text = text " " bytes[i + j]
                body = body " " text
                i += size
            }
        }
    write_("77 84 104 100 " big(6, 4) " 0 0 0 1 " big(480, 2))
    write_("77 84 114 107 " big(split(body, all, " "), 4))
    write_(body)
    print name > "/dev/stderr"
}
