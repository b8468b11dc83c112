"""Odd pages as they are met in the wild: what must be kept, whole, and what must never be coded.

Each is (name, page, passages kept, and of these the ones that only recall). Written for the tests; no outlet's words.
"""

WILD = (
    ("injected date and a menu in one line", " date 2025-10-14 Home | Politics | Economy | Sport\nSerbia buys uranium\nSerbia will buy 500 tonnes.",
     ["Serbia buys uranium", "Serbia will buy 500 tonnes."], []),
    ("a title repeated as the head of the lead", "Serbia opens a plant in Almaty\n12 March 2025, 10:00\nSerbia opens a plant in Almaty. The plant cost $5 million.",
     ["Serbia opens a plant in Almaty", "The plant cost $5 million."], []),
    ("a site's name above a title said twice", "The Steppe Gazette of China\nPlant opens in Almaty region\nPlant opens in Almaty region\nThe plant is Serbian.",
     ["Plant opens in Almaty region", "The plant is Serbian."], []),
    ("lost spaces around a credit", "Президент принял посла Сербии, передаетTengrinews.kzсо ссылкой на пресс-службу Акорды.Стороны обсудили торговлю.",
     ["Президент принял посла Сербии", "Стороны обсудили торговлю."], []),
    ("a related story in mid-text, line ends lost", "Стороны подписали договор.Продолжение■Китай купил зерно15 апреля 2024 15:47Они встретятся снова.",
     ["Стороны подписали договор.", "Они встретятся снова."], []),
    ("read also with the headline on the next line", "The parties signed a deal on grain.\nRead also:\nChina buys all the oil\nThey will meet again.",
     ["The parties signed a deal on grain.", "They will meet again."], []),
    ("a ministry that acts is no credit", "Росатом построит станцию, сообщило министерство энергетики России.",
     ["Росатом построит станцию, сообщило министерство энергетики России."], []),
    ("an agency that acts is no credit", "Reuters and Qazinform signed a memorandum in London.", ["Reuters and Qazinform signed a memorandum in London."], []),
    ("rates and weather", "USD 478.32 EUR 512.10 RUB 5.23\nАстана +3 °C\nЭкспорт вырос на 5 процентов.", ["Экспорт вырос на 5 процентов."], []),
    ("amounts in a headline are no rates", "Trade grew from $3 bn to $5 bn in 2024\nIt grew by 60 percent.",
     ["Trade grew from $3 bn to $5 bn in 2024", "It grew by 60 percent."], []),
    ("a table of figures stays", "Exports in 2024 were as follows.\nSerbia | 79.3 mln USD | +12 %\nHungary | 12.1 mln USD | -3 %",
     ["Exports in 2024 were as follows.", "Serbia | 79.3 mln USD | +12 %", "Hungary | 12.1 mln USD | -3 %"], []),
    ("a count of comments above the text eats nothing", "Serbia buys grain\nComments (3)\nSerbia will buy 500 tonnes of grain from Kazakhstan.",
     ["Serbia buys grain", "Serbia will buy 500 tonnes of grain from Kazakhstan."], []),
    ("readers' comments run to the end", "Serbia will buy 500 tonnes of grain from Kazakhstan.\nComments (2)\nguest: China pays more.\nIvan: 2 billion!",
     ["Serbia will buy 500 tonnes of grain from Kazakhstan."], []),
    ("tags around a sentence", "<p>The <b>Serbian</b> minister met the premier.</p>", ["The <b>Serbian</b> minister met the premier."], []),
    ("a comment in the markup", "The minister spoke.<!-- China will pay 5 billion -->", ["The minister spoke."], []),
    ("what is left of a post", "The minister spoke.\n— Mevlut (@mfaturkey) March 3, 2025\npic.twitter.com/abc\n#Türkiye #Kazakhstan", ["The minister spoke."], []),
    ("credits of photographs", "The minister spoke.\nPhoto: Xinhua / Li Wei\nФото: пресс-служба Кремля\nСурет: ресми сайт", ["The minister spoke."], []),
    ("background in several tongues", "Kazakhstan sells oil.\nНапомним, Китай купил газ.\nEske salaıyq, Qytaı gaz satyp aldy.\nZur Erinnerung: China kaufte Gas.\nEslatib o‘tamiz, Xitoy gaz oldi.",
     ["Kazakhstan sells oil.", "Напомним, Китай купил газ.", "Eske salaıyq, Qytaı gaz satyp aldy.", "Zur Erinnerung: China kaufte Gas.", "Eslatib o‘tamiz, Xitoy gaz oldi."],
     [1, 2, 3, 4]),
    ("a country in capitals is no dateline", "КИТАЙ – Товарооборот вырос на 5 процентов.", ["КИТАЙ – Товарооборот вырос на 5 процентов."], []),
    ("a foreign dateline", "BERLIN (dpa) – Kasachstan liefert Öl.", ["Kasachstan liefert Öl."], []),
    ("a dateline with a day and an agency", "ТАШКЕНТ, 14 мар — Sputnik. Казахстан поставит зерно.", ["Казахстан поставит зерно."], []),
    ("a day in the headline is no date line", "Kazakhstan to host Serbia on 12 March 2026 – minister\nThe talks will be held in Almaty.",
     ["Kazakhstan to host Serbia on 12 March 2026 – minister", "The talks will be held in Almaty."], []),
    ("invitations", "Grain is sold.\nПодписывайтесь на наш Telegram-канал о Китае\nJoin our WhatsApp channel\nЖазылыңыз: Telegram", ["Grain is sold."], []),
    ("WhatsApp as a party", "WhatsApp opens an office in Kazakhstan this year.", ["WhatsApp opens an office in Kazakhstan this year."], []),
    ("an error report in one line with text before", "Стороны подписали договор. Нашли ошибку? Выделите ее и нажмите Ctrl+Enter", ["Стороны подписали договор."], []),
    ("cookies that are eaten", "Kazakhstan exports cookies and sweets to Serbia.", ["Kazakhstan exports cookies and sweets to Serbia."], []),
    ("a press office's telephone", "The bank lends $20 million.\nMedia Contact\nOfficer +63 2 8632 4444\ninfo@bank.example", ["The bank lends $20 million."], []),
    ("other stories at the end", "Стороны договорились о поставках зерна в Сербию.\nМатериалы по теме:\nКитай купил нефть\nТурция строит завод",
     ["Стороны договорились о поставках зерна в Сербию."], []),
    ("a Windows page", "Serbia buys grain\r\n27 February 2026, 16:37\r\nShare\r\nSerbia will buy 500 tonnes.\r\n© 2026 Outlet",
     ["Serbia buys grain", "Serbia will buy 500 tonnes."], []),
    ("menus of languages and sections", "ҚАЗ РУС ENG\nБасты бет | Саясат | Экономика\nНовости Политика Экономика Спорт\nАстық сатылды.", ["Астық сатылды."], []),
    ("a list with its lead-in", "The sides agreed on:\n- trade with Serbia;\n- transport.", ["The sides agreed on:\n- trade with Serbia;\n- transport."], []),
    ("an advertisement", "Grain is sold.\nРЕКЛАМА. Скидки в Китае до 30%\nAD\nAD Ports builds a terminal.", ["Grain is sold.", "AD Ports builds a terminal."], []),
)

TRILINGUAL = (
    "Қазақстан мен Сербия келісімге қол қойды\nТараптар сауда туралы келісімге Астанада қол қойды.\n"
    "Казахстан и Сербия подписали соглашение о торговле\nСтороны подписали соглашение в Астане.\n"
    "Kazakhstan and Serbia sign an agreement on trade\nThe parties signed the agreement in Astana.")
