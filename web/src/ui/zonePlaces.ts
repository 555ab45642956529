/** Where a time zone holds: countries, and big cities beside the one that it is called after. Loaded when somebody looks for one. */

/** zone: countries by their codes; cities, as their people and English call them. */
const PLACES: Record<string, [countries: string, cities: string]> = {
  'Europe/Berlin': ['DE', 'Hamburg, München, Munich, Köln, Cologne, Frankfurt, Stuttgart, Düsseldorf, Leipzig, Dortmund, Essen, Bremen, Dresden, Hannover, Nürnberg'],
  'Europe/Vienna': ['AT', 'Wien, Graz, Linz, Salzburg, Innsbruck'],
  'Europe/Zurich': ['CH LI', 'Zürich, Genf, Genève, Geneva, Basel, Bern, Lausanne, Luzern, Winterthur'],
  'Europe/Brussels': ['BE', 'Bruxelles, Brüssel, Antwerpen, Antwerp, Gent, Liège'],
  'Europe/Sofia': ['BG', 'София, Plovdiv, Varna'],
  'Europe/Zagreb': ['HR', 'Split, Rijeka'],
  'Asia/Nicosia': ['CY', 'Limassol, Larnaca'],
  'Europe/Prague': ['CZ', 'Praha, Prag, Brno, Ostrava'],
  'Europe/Copenhagen': ['DK', 'København, Kopenhagen, Aarhus, Odense'],
  'Europe/Tallinn': ['EE', 'Tartu'],
  'Europe/Helsinki': ['FI', 'Espoo, Tampere, Turku'],
  'Europe/Paris': ['FR', 'Marseille, Lyon, Toulouse, Nice, Nantes, Strasbourg, Straßburg, Bordeaux, Lille'],
  'Europe/Athens': ['GR', 'Αθήνα, Athen, Thessaloniki, Patras'],
  'Europe/Budapest': ['HU', 'Debrecen, Szeged'],
  'Europe/Dublin': ['IE', 'Cork, Galway, Limerick'],
  'Europe/Rome': ['IT', 'Roma, Rom, Milano, Mailand, Milan, Napoli, Neapel, Naples, Torino, Turin, Bologna, Firenze, Florenz, Florence, Venezia, Venedig, Bozen, Bolzano'],
  'Europe/Riga': ['LV', 'Daugavpils'],
  'Europe/Vilnius': ['LT', 'Kaunas'],
  'Europe/Luxembourg': ['LU', 'Luxemburg'],
  'Europe/Malta': ['MT', 'Valletta'],
  'Europe/Amsterdam': ['NL', 'Rotterdam, Den Haag, The Hague, Utrecht, Eindhoven'],
  'Europe/Warsaw': ['PL', 'Warszawa, Warschau, Kraków, Krakau, Łódź, Wrocław, Breslau, Poznań, Gdańsk, Danzig'],
  'Europe/Lisbon': ['PT', 'Lisboa, Lissabon, Porto, Braga'],
  'Atlantic/Madeira': ['PT', 'Funchal'],
  'Atlantic/Azores': ['PT', 'Açores, Azoren, Ponta Delgada'],
  'Europe/Bucharest': ['RO', 'București, Bukarest, Cluj-Napoca, Timișoara, Iași'],
  'Europe/Bratislava': ['SK', 'Košice'],
  'Europe/Ljubljana': ['SI', 'Maribor, Laibach'],
  'Europe/Madrid': ['ES', 'Barcelona, Valencia, Sevilla, Seville, Zaragoza, Málaga, Palma, Bilbao'],
  'Atlantic/Canary': ['ES', 'Canarias, Kanarische Inseln, Las Palmas, Tenerife, Teneriffa'],
  'Europe/Stockholm': ['SE', 'Göteborg, Malmö, Uppsala'],
  'Europe/London': ['GB', 'Birmingham, Manchester, Glasgow, Edinburgh, Liverpool, Leeds, Bristol, Cardiff, Belfast'],
  'Europe/Oslo': ['NO', 'Bergen, Trondheim, Stavanger'],
  'Atlantic/Reykjavik': ['IS', 'Reykjavík'],
  'Europe/Istanbul': ['TR', 'İstanbul, Ankara, İzmir, Antalya'],
  'Europe/Kiev': ['UA', 'Kyjiw, Kyiv, Lwiw, Lviv, Odessa, Odesa, Charkiw'],
  'Europe/Kyiv': ['UA', 'Kyjiw, Lwiw, Lviv, Odessa, Odesa, Charkiw'],
  'Europe/Belgrade': ['RS', 'Beograd, Novi Sad'],
  'Europe/Moscow': ['RU', 'Москва, Moskau, Sankt Petersburg'],
  'Asia/Jerusalem': ['IL', 'Tel Aviv, Haifa'],
  'America/New_York': ['US', 'Boston, Washington, Philadelphia, Atlanta, Miami, Orlando, Cleveland, Pittsburgh, Baltimore, Charlotte'],
  'America/Detroit': ['US', 'Michigan, Ann Arbor'],
  'America/Chicago': ['US', 'Houston, Dallas, Austin, San Antonio, Minneapolis, St. Louis, New Orleans, Nashville, Milwaukee'],
  'America/Denver': ['US', 'Salt Lake City, Albuquerque, Colorado Springs'],
  'America/Phoenix': ['US', 'Arizona, Tucson'],
  'America/Los_Angeles': ['US', 'San Francisco, San Diego, Seattle, Portland, Las Vegas, San José, Sacramento'],
  'America/Anchorage': ['US', 'Alaska, Juneau'],
  'Pacific/Honolulu': ['US', 'Hawaii'],
  'America/Toronto': ['CA', 'Montréal, Montreal, Ottawa, Québec, Hamilton'],
  'America/Halifax': ['CA', 'Moncton'],
  'America/St_Johns': ['CA', 'Newfoundland, Neufundland'],
  'America/Winnipeg': ['CA', 'Manitoba'],
  'America/Regina': ['CA', 'Saskatoon, Saskatchewan'],
  'America/Edmonton': ['CA', 'Calgary, Alberta'],
  'America/Vancouver': ['CA', 'Victoria, Surrey'],
  'Australia/Sydney': ['AU', 'Canberra, Newcastle, Wollongong'],
  'Australia/Melbourne': ['AU', 'Geelong'],
  'Australia/Brisbane': ['AU', 'Gold Coast, Cairns'],
  'Australia/Adelaide': ['AU', ''],
  'Australia/Darwin': ['AU', ''],
  'Australia/Perth': ['AU', 'Fremantle'],
  'Australia/Hobart': ['AU', 'Tasmania, Tasmanien'],
  'Pacific/Auckland': ['NZ', 'Wellington, Christchurch'],
  'Asia/Tokyo': ['JP', 'Tokio, Ōsaka, Osaka, Yokohama, Nagoya'],
  'Asia/Calcutta': ['IN', 'Kolkata, Mumbai, Delhi, Bengaluru, Chennai, Hyderabad'],
  'Asia/Kolkata': ['IN', 'Mumbai, Delhi, Bengaluru, Chennai, Hyderabad'],
  'America/Sao_Paulo': ['BR', 'São Paulo, Rio de Janeiro, Brasília, Belo Horizonte'],
  'America/Mexico_City': ['MX', 'Ciudad de México, Guadalajara, Monterrey'],
};

export interface Place {
  /** In the reader's language. */
  countries: string[];
  cities: string[];
}

export function placeOf(zone: string, reader: string): Place | undefined {
  const [countries, cities] = PLACES[zone] ?? [];
  if (countries === undefined || cities === undefined) return undefined;
  const names = new Intl.DisplayNames(reader, { type: 'region' });
  return { countries: countries.split(' ').map((code) => names.of(code) ?? code), cities: cities.split(', ').filter(Boolean) };
}

/** Without capitals and accents: "koln" finds Köln. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase();

export interface Found {
  zone: string;
  /** What of the words led to it, if that is not its name. */
  by?: string;
}

/** Zones by their names, countries and cities; what begins with the words stands first. */
export function findZones(zones: readonly { zone: string; label: string }[], words: string, reader: string): Found[] {
  const wanted = plain(words.trim());
  const found: (Found & { rank: number })[] = [];
  for (const { zone, label } of zones) {
    const place = placeOf(zone, reader);
    const english = place && reader !== 'en' ? placeOf(zone, 'en')!.countries : [];
    const begins = [...(place?.countries ?? []), ...english, ...(place?.cities ?? [])].find((name) => plain(name).startsWith(wanted));
    const isNamed = plain(label).includes(wanted);
    if (!begins && !isNamed) continue;
    const isCity = plain(zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')).startsWith(wanted);
    found.push({ zone, rank: isCity ? 0 : begins ? 1 : 2, ...(begins && !isNamed && { by: begins }) });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ zone, by }) => ({ zone, by }));
}
