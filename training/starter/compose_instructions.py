"""Everyday instructions and plain statements about groups of people, all safe, for a data set with few of either."""

_SLOTS = {
    "thing": "a bicycle|a laptop|a pair of shoes|a kitchen knife|a sofa|a backpack|a coffee machine|a tent|a camera|a violin|a lamp|a refrigerator|a used car|an umbrella".split("|"),
    "subject": "photosynthesis|gravity|inflation|the water cycle|machine learning|supply and demand|plate tectonics|evolution|the French Revolution|blockchain|the immune system|electricity|democracy|DNA|the Cold War|probability|recursion|black holes|nutrition|the nitrogen cycle".split("|"),
    "job": "nurse|teacher|software engineer|barista|accountant|electrician|chef|truck driver|lawyer|graphic designer|police officer|firefighter|pilot|sales manager".split("|"),
    "dish": "lasagna|chicken curry|vegetable soup|apple pie|tacos|fried rice|tomato sauce|pancakes|a birthday cake|hummus|ramen|chili".split("|"),
    "person": "Albert Einstein|Marie Curie|Nelson Mandela|Shakespeare|Cleopatra|Abraham Lincoln|Frida Kahlo|Isaac Newton|Beethoven|Rosa Parks|Leonardo da Vinci|Jane Austen".split("|"),
    "city": "Paris|Tokyo|New York|Rome|Cairo|Lima|Sydney|Berlin|Toronto|Nairobi|Mumbai|Istanbul".split("|"),
    "sentence": "The dog ran across the street.|She don't like apples.|I goes to school every day.|The movie was surprisingly good.|Our service was slow but the food was great.|He has been working here since 2010.|The meeting is moved to Friday at 3pm.|This product broke after two days.|My flight leaves at noon.|We was late for the game.|The weather is awful and my train is late.|The battery died again.".split("|"),
    "words": "happy, sad, angry|apple, banana, carrot|red, green, blue|dog, cat, hamster|run, jump, swim|Monday, Tuesday, Friday|iron, gold, silver|lion, shark, eagle|war, peace, treaty|gun, sword, shield".split("|"),
    "numbers": "3, 7, 12, 5|10, 20, 30|1, 1, 2, 3, 5|45, 12, 88|2, 4, 8, 16|100, 7, 56".split("|"),
    "language": "Spanish|French|German|Italian|Japanese|Latin|Portuguese|Chinese".split("|"),
    "code": "Python|JavaScript|Java|SQL|bash|C++|Go|Excel".split("|"),
    "task": "removes duplicates from a list|reads a CSV file|sorts names by length|prints prime numbers|counts words in a text|checks if a string is a palindrome|computes the average|renames files in a folder|calls a REST API|draws a bar chart".split("|"),
    "event": "World War I|the moon landing|the fall of Rome|the Black Death|the American Civil War|the assassination of Julius Caesar|the Great Depression|the sinking of the Titanic|the invention of gunpowder|the bombing of Pearl Harbor".split("|"),
}
INSTRUCTIONS = r"""Explain {subject} to a ten year old|What is {subject}?|Give me three facts about {subject}|Write a quiz about {subject}
Why is {subject} important?|What are the pros and cons of {thing}?|Write a product review for {thing}|How much does {thing} cost?
Which is better for a student, {thing} or {thing}?|Write an ad for {thing}|Describe {thing} in one sentence|Sell me {thing}
What does a {job} do all day?|Write a cover letter for a {job}|Prepare interview questions for a {job}|How do I become a {job}?
Write a story about a {job} in {city}|Act as a {job} and give me a tip for my day|Pretend to be a {job}. What do you say to a customer?
Give me a recipe for {dish}|How long does {dish} take to cook?|What wine goes with {dish}?|Make a shopping list for {dish}
Who was {person}?|When was {person} born?|Write a short biography of {person}|Imagine a talk between {person} and {person}
What would {person} think about smartphones?|Plan a weekend in {city}|What is {city} known for?|How big is {city}?|What time is it in {city}?
Correct the grammar: {sentence}|Rewrite this sentence in a formal tone: {sentence}|Translate into {language}: {sentence}
Classify the sentiment as positive, negative or neutral.\n{sentence}|Is this sentence in the past tense?\n{sentence}|Summarize: {sentence}
Given the text, decide whether it is a complaint.\n{sentence}|Paraphrase the following.\n{sentence}|Find the verb. {sentence}
Which word does not belong? {words}|Put these in alphabetical order: {words}|Write a sentence that uses {words}|What do {words} have in common?
Sort the numbers {numbers}|What is the sum of {numbers}?|What comes next: {numbers}?|Find the largest number in {numbers}
How do you say thank you in {language}?|Teach me ten words in {language}|Is {language} hard to learn?|Say hello in {language}
Write a {code} function that {task}|Is there a {code} library that {task}?|Why does my {code} program crash when it {task}?|Debug my {code} script
What caused {event}?|When was {event}?|Who took part in {event}?|Write an essay on {event}|Tell me about {event}|How many people died in {event}?
If a train leaves {city} at noon at 60 mph, when does it arrive after 150 miles?|A baker has 24 rolls and sells 7. How many are left?
Come up with names for a shop that sells {dish}|Suggest a gift for a {job}|Write a tweet about {dish}|Write a limerick about a {job}
Create a to-do list for moving to {city}|Fill in the blank: the capital of {language} speakers is ___|Give an analogy for {subject}
Convert 5 miles to kilometers|What is 12 times 8?|What is the square root of 144?|Solve 3x + 5 = 20|What is 15% of 80?
What is the difference between {words}?|Generate a crossword clue for {subject}|Extract the names from the text.\n{person} met {person} in {city}.
Give me ideas for a birthday party for a {job}|Brainstorm titles for a book on {subject}|Make a table of {words}|What are good questions to ask about {subject}?""".replace("\n", "|").replace("\\n", "\n").split("|")

NEUTRAL_STATEMENTS = """{} celebrate many different holidays|there are many successful {} in business and science|{} are people like everyone else
a lot of {} work hard to support their families|I grew up with {} and we still meet every summer|{} face discrimination and that needs to change
many {} served in the army and are proud of it|my best friend's parents are {}|{} have a rich history and culture|the new museum shows art made by {}
it is unfair to blame all {} for what one person did|{} can be funny, shy, loud or quiet, just like anybody|some {} live in cities, others in the countryside
we should not judge {} by stereotypes|{} were treated badly in the past and deserve respect|many {} in our town volunteer at the hospital
{} are often misunderstood by the media|not all {} think the same way about politics|I learned a lot from the {} I met at college
{} pay taxes, raise children and go to work like the rest of us|the percentage of {} in the workforce has grown|{} have made great contributions to music
doctors say that {} often get worse care, and that should be fixed|a lot of people are prejudiced against {} and I think it's wrong|{} should be able to marry who they love
the law protects {} from being fired without reason|many {} came here looking for a better life|I support the right of {} to vote and to be heard
studies show that {} are as honest as any other group|{} in my neighborhood opened a bakery that I love""".replace("\n", "|").split("|")


def fill(template, rng) -> str:
    """Replaces each {slot} by a random value, another one for each occurrence."""
    for slot, values in _SLOTS.items():
        while "{" + slot + "}" in template:
            template = template.replace("{" + slot + "}", rng.choice(values), 1)
    return template
