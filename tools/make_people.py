#!/usr/bin/env python3
"""Make a CSV of people to import: many scripts, duplicates, bad rows.

    tools/make_people.py --rows 100000 > people.csv
    tools/make_people.py --rows 1000 --semicolon --bom --out people.csv

The same seed gives the same file. Of all rows, about 2 in 100 repeat an
earlier person (spelled a little differently), 1 in 100 is bad (no address,
a broken one, a stray quote), and 1 in 50 has an apostrophe in name and
address. Addresses end in .example (RFC 2606): nobody is ever mailed.
With --latin1, names are of scripts that Windows-1252 can hold. There are 640
companies, or as many as --companies says.
"""
import argparse
import random
import sys

HEADER = ["First name", "Last name", "E-mail", "Company", "Country", "City",
          "Phone", "Job title", "Notes"]

# script: country, code of the phone, first names, last names, cities
PLACES = [
    ("Ireland", "+353", "Aoife Seán Niamh Conor Róisín Patrick",
     "O'Neil O'Brien Murphy D'Arcy Byrne Ní Dhomhnaill", "Dublin Cork Galway"),
    ("United Kingdom", "+44", "Ada Alan Grace George Emily Oliver",
     "Lovelace Turing Smith Hopper Clarke Wright", "London Leeds Bath"),
    ("Germany", "+49", "Jürgen Käthe Björn Zoë Günther Änne",
     "Müller Weiß Schröder Groß Köhler Jäger", "München Köln Düsseldorf"),
    ("France", "+33", "Élodie François Chloé Noël Benoît Anaïs",
     "Lefèvre d'Estaing L'Hôpital Dupré Gérard Brûlé", "Paris Orléans Nîmes"),
    ("Spain", "+34", "Íñigo Lucía José María Núria Raúl",
     "Muñoz Peña García Ibáñez Güell Ordóñez", "Málaga León A_Coruña"),
    ("Sweden", "+46", "Åsa Göran Märta Björn Örjan Sören",
     "Åkesson Nordström Lindqvist Öberg Sjöberg Hägg", "Malmö Göteborg Umeå"),
    ("Poland", "+48", "Łukasz Zofia Paweł Małgorzata Żaneta Wojciech",
     "Wójcik Kowalski Żuraw Gąsior Świątek Łoś", "Łódź Gdańsk Kraków"),
    ("Turkey", "+90", "İbrahim Işıl Çağlar Ömer Şule Gökçe",
     "Yılmaz Şahin Öztürk Çelik Güneş Doğan", "İstanbul İzmir Ankara"),
    ("Russia", "+7", "Пётр Анна Фёдор Юлия Дмитрий Екатерина",
     "Иванов Щербаков Толстой Ёлкин Чехов Петрова", "Москва Казань Омск"),
    ("Greece", "+30", "Γιώργος Ελένη Νίκος Άννα Οδυσσέας Μαρία",
     "Παπαδόπουλος Ιωάννου Κωνσταντίνου Αγγελής", "Αθήνα Πάτρα Βόλος"),
    ("Egypt", "+20", "محمد فاطمة أحمد ليلى عمر نور",
     "الخوارزمي حسن عبد_الرحمن السيد منصور", "القاهرة الإسكندرية أسوان"),
    ("Israel", "+972", "נועה דוד שרה יוסף מרים אורי",
     "כהן לוי מזרחי פרץ ביטון אברהם", "תל_אביב חיפה ירושלים"),
    ("China", "+86", "伟 芳 娜 敏 静 强", "王 李 张 刘 陈 杨", "北京 上海 广州"),
    ("Japan", "+81", "太郎 花子 健一 さくら ケン 美咲",
     "佐藤 鈴木 高橋 田中 渡辺 山本", "東京 大阪 京都"),
    ("Korea", "+82", "민준 서연 지훈 수빈 하은 도윤",
     "김 이 박 최 정 강", "서울 부산 대구"),
    ("India", "+91", "आरव प्रिया अर्जुन अनन्या रोहन मीरा",
     "शर्मा वर्मा गुप्ता सिंह पटेल राव", "दिल्ली मुंबई जयपुर"),
    ("Thailand", "+66", "สมชาย สุดา ณัฐ มาลี ชัย พร",
     "ใจดี ศรีสุข ทองดี แก้วใส รักไทย", "กรุงเทพ เชียงใหม่ ภูเก็ต"),
    ("Vietnam", "+84", "Đức Hương Tuấn Ngọc Thảo Minh",
     "Nguyễn Trần Phạm Huỳnh Đặng Võ", "Hà_Nội Đà_Nẵng Huế"),
    ("Iceland", "+354", "Þór Guðrún Björk Jón Ásta Sigurður",
     "Þórsdóttir Jónsson Björnsdóttir Árnason", "Reykjavík Akureyri"),
]
TRADES = ["Steel", "Foods", "Books", "Energy", "Design", "Logistics", "Garden",
          "Optics", "Textiles", "Research"]
FORMS = ["Ltd", "GmbH", "S.A.", "Inc.", "& Sons", "AB", "Group, Holding", "Co-op"]
JOBS = ["Buyer", "Head of Sales", "Engineer", "Director", "Teacher",
        "Office manager", "Nurse", ""]
NOTES = ["", "", "", "", "Met at the fair", "Prefers mornings, never Mondays",
         'Calls herself "the boss"', "Line one\nline two", "50% off; ask again"]


def words(text):
    return [w.replace("_", " ") for w in text.split()]


def places(latin1):
    out = []
    for country, code, first, last, cities in PLACES:
        if latin1:
            try:
                (first + last + cities).encode("cp1252")
            except UnicodeEncodeError:
                continue
        out.append((country, code, words(first), words(last), words(cities)))
    return out


def ascii_letters(text):
    return "".join(c for c in text.lower() if "a" <= c <= "z")


class Maker:
    def __init__(self, seed, latin1, companies):
        self.dice = random.Random(seed)
        self.places = places(latin1)
        self.companies = [
            f"{a} {b} {c}" for a in ("North", "Blue", "Old", "Three Rivers",
                                     "O'Hara's", "Grün" if latin1 else "東海",
                                     "Bright", "Second")
            for b in TRADES for c in FORMS]
        named = len(self.companies)
        self.companies += [f"{self.companies[i % named]} {i // named}"
                           for i in range(named, companies)]
        self.recent = []

    def person(self, n):
        pick = self.dice.choice
        country, code, firsts, lasts, cities = pick(self.places)
        first, last = pick(firsts), pick(lasts)
        local = f"{ascii_letters(first) or 'p'}.{ascii_letters(last) or 'x'}{n}"
        if "'" in last:
            local = f"{local[:1]}.o'{ascii_letters(last)}{n}"
        number = self.dice.randrange(10**8, 10**9)
        row = [first, last, f"{local}@{pick(TRADES).lower()}.example",
               pick(self.companies) if self.dice.random() < 0.8 else "",
               country, pick(cities), f"{code} {number}", pick(JOBS), pick(NOTES)]
        if len(self.recent) < 1000:
            self.recent.append(row)
        else:
            self.recent[n % 1000] = row
        return row

    def again(self):
        """An earlier person, as somebody else would type the row."""
        row = list(self.dice.choice(self.recent))
        row[2] = row[2].upper() if self.dice.random() < 0.5 else f" {row[2]} "
        row[8] = "Typed twice"
        return row

    def bad(self, n):
        row = self.person(n)
        row[2] = self.dice.choice(
            ["", "no address", f"p{n}@", f"p{n}@@x.example", f"p{n}@localhost",
             f"p {n}@x.example", f"<p{n}@x.example>", f"p{n}@x.example, q@x.example"])
        return row

    def rows(self, n):
        for i in range(n):
            chance = self.dice.random()
            if chance < 0.02 and self.recent:
                yield self.again(), False
            elif chance < 0.027:
                yield self.bad(i), False
            elif chance < 0.03:
                yield self.person(i), True
            else:
                yield self.person(i), False


def field(text, delimiter):
    if delimiter in text or '"' in text or "\n" in text or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def line(row, delimiter, broken):
    fields = [field(f, delimiter) for f in row]
    if broken:
        fields[0] = f'"{row[0]}"x'  # text after a closing quote
        fields[8] = ""  # in one line, so that it counts as one bad row
    return delimiter.join(fields) + "\r\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bom", action="store_true")
    parser.add_argument("--semicolon", action="store_true")
    parser.add_argument("--latin1", action="store_true",
                        help="Windows-1252 instead of UTF-8")
    parser.add_argument("--companies", type=int, default=640)
    parser.add_argument("--clean", action="store_true",
                        help="no duplicates and no bad rows")
    parser.add_argument("--out", help="a file instead of standard output")
    args = parser.parse_args()
    encoding = "cp1252" if args.latin1 else "utf-8-sig" if args.bom else "utf-8"
    delimiter = ";" if args.semicolon else ","
    maker = Maker(args.seed, args.latin1, args.companies)
    where = args.out if args.out else sys.stdout.fileno()
    with open(where, "w", encoding=encoding, newline="", closefd=bool(args.out)) as f:
        f.write(delimiter.join(HEADER) + "\r\n")
        rows = (((maker.person(i), False) for i in range(args.rows))
                if args.clean else maker.rows(args.rows))
        for row, broken in rows:
            f.write(line(row, delimiter, broken))


main()
