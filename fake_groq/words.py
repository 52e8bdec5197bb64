"""The words of which spoken identities are made, and those that fill a sentence up.

A word's place in its list is the number that it stands for, so the order is part of the format.
The words are ordinary nouns of three to seven letters: no numbers, months, units, abbreviations or
spoken punctuation, which a text normaliser would rewrite. The Arabic words hold no hamza, ة, ى,
tatweel or article and do not end in heh or yeh, so folding those letters changes nothing. No word
begins or ends another one, and none begins a filler word: a text that is cut inside a word cannot
turn one word of a list into another.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = _words(
    """
acorn airport alley almond anchor antler apple apron arcade artist attic autumn badger bakery
balcony balloon bamboo banana banjo banner barley barrel basket bathtub beach beaver bedroom
beetle bicycle biscuit blanket blossom bottle boulder breeze bridge broom bubble bucket buckle
butter button cabbage cabin cactus camel camera candle canoe canvas canyon carpet carrot castle
cattle celery cellar cheese cherry chicken chimney cinema cliff cloud clover coconut coffee
collar compass copper coral cottage cotton cradle crayon cricket crystal cupcake curtain cushion
dancer denim desert dolphin donkey dragon drawer eagle easel elbow engine eraser falcon farmer
faucet feather ferret ferry fiddle flute folder forest fossil freezer fridge frost garage garden
garlic ginger giraffe glacier gorilla granite grape guitar hammer hammock hamster harbor harvest
helmet honey horse island jacket jasmine jewel jigsaw jungle kayak kennel kettle kitchen kitten
koala ladder lagoon lantern leather lemon leopard lettuce library lizard lobster locket magnet
mango maple marble meadow melon mirror mitten monkey muffin museum mustard needle noodle oasis
olive onion orange orchard orchid otter oyster paddle painter palace pancake panther papaya
parade parrot pebble pelican pencil pepper piano pickle pigeon pillow pirate planet plumber
pocket potato pretzel pumpkin puppet puzzle rabbit radish rainbow ribbon river rocket saddle
sailor salmon sandal saucer sausage scarf shadow shark shovel singer skillet slipper soldier
sparrow spider spinach sponge stadium student sunset sweater tailor teacher teapot temple
theater thistle thunder tiger toaster tomato tractor trumpet tulip tunnel turnip turtle vanilla
velvet village violin waffle wagon wallet walnut walrus whale whistle willow window winter
wizard yogurt zebra zipper
"""
)

ARABIC = _words(
    """
بحر بخار بدر برتقال برج برق بريد بساط بستان بطل بطيخ بلبل بلوط بنفسج بيت تاج تفاح تلميذ
تمثال تمر تنور توت تين ثعبان ثعلب ثلج ثمر ثوم جبل جبن جدار جدول جرس جزر جسر جمل جناح جواد
جوز جوهر حارس حاسوب حبر حبل حجر حديد حرير حزام حصان حصير حطب حليب حمام حمص حوت حوض خاتم
خبز خروف خريف خزان خزف خلخال خليج خندق خوخ خيار دجاج دخان درب درج دفتر دلفين دلو دولاب ديك
ديوان ذراع ذهب ربيع رخام رسم رصيف رعد رغيف ركن رماد رمان رمل ريش زبيب زجاج زعفران زمرد
زنبق زنجبيل زهر زورق زيت ساحل سحاب سراج سرير سطح سفير سكر سكين سلم سمسم سمك سنبل سنجاب سهل
سوار سوق شارع شاعر شباك شجر شراع شريط شعير شلال شمس صابون صحن صخر صدف صديق صقر صقيع صندوق
صوف صياد ضفدع ضيف طاحون طاووس طبق طبل طحين طريق طفل طوق طير عجين عدس عسل عشب عصفور عطر عظم
عقرب علم عمود عنبر عندليب عود غبار غراب غزال غصن غلاف غواص غيم فارس فانوس فجر فجل فحم فرس
فرن فستق فلاح فلفل فنجان فندق فول فيل قارب قبطان قرنفل قصر قطار قطن قفص قفل قلب قلم قماش
قمح قمر قميص قنديل قوس كافور كبش كتاب كحل كرز كمون كنز كهف كوب كوخ كوكب لبن لوح لوز ليمون
متحف مخزن مرجان مركب مزمار مسمار مشط مصباح مصنع مطبخ مطر معدن معطف مغزل مفتاح مقص مقعد ملح
ملعب منجل منديل منزل منشار موز ميدان ميزان نجم نحاس نحل نخل نرجس نسر نسيم نعناع نهر نيزك
هدهد هرم هلال ورد وشاح ياسمين ياقوت يقطين يمام ينبوع
"""
)

# Filler words have at most six letters: a sentence of sixty characters then overshoots by six.
ENGLISH_FILLERS = _words(
    """
about above across after again along always among around away before behind below beside beyond
calmly closed down during early evenly every far firmly freely from gently gladly going here
into later mostly near nearly often once open other over people quite rather really runs seldom
simply slowly softly some soon still than that then there these they this those today toward
under until very walked warmly waited went were when where which while whole with
"""
)

ARABIC_FILLERS = _words(
    """
بعد قبل عند تحت فوق بين حين مثل لكن كثير قليل جديد قديم هنا هناك قريب بعيد كيف حيث كان
كانت صار يمشي يجلس ينظر يسمع يكتب يلعب ينام نحن هذا هذه ذلك معهم معنا منهم عنهم حول
خلف بجانب داخل خارج دوما سريع جميل طويل قصير صغير كبير ساكن واسع جدا حقا عندما بينما كلما
حيثما كذلك
"""
)
