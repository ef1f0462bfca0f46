"""What guests say: a few texts that a training tells apart without fail."""

TEXTS = {
    'praise': [
        'What a lovely evening, the soup was wonderful.',
        'The staff were kind and the room was spotless.',
        'I would come back any day, everything was perfect.',
        'Great music, friendly people, a delicious dessert.',
        'The best breakfast we have had in years.',
        'Fast, cheap and very tasty, we loved it.',
        'A charming place with a beautiful garden.',
        'Our waiter was a delight and the fish superb.',
    ],
    'complaint': [
        'We waited an hour and the food came cold.',
        'The bathroom was dirty and nobody answered the bell.',
        'Far too expensive for such tiny, bland portions.',
        'A rude waiter ruined our evening.',
        'The heating was broken and we froze all night.',
        'They lost our booking and did not even apologise.',
        'The soup was awful and the bread was stale.',
        'Never again: noisy, crowded and overpriced.',
    ],
}
PRAISE = 'Friendly staff, and the cake was wonderful.'  # a text that the model has not seen
COMPLAINT = 'The room was cold and the waiter was rude.'  # another one
