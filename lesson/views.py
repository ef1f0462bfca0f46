"""The page “How it works”, for everybody, and what it computes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from lesson import choices as many
from lesson import pasted, shown
from lesson.asked import FIRST, LABELLED, MOST, SEED, SIZE, settings_of, whole
from lesson.bounds import answered, turn

LONGEST = 400  # characters of a sentence that is asked about


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    encoder = pasted.encoder()
    beside = {
        'sentences': shown.sentences(),
        'first': FIRST,
        'bounds': {'labelled': LABELLED, 'size': SIZE, 'seed': SEED, 'most': MOST},
        'choices': many.PARTS * many.PART,
        'parts': many.PARTS,
        'dress': shown.dress(),
        'encoder': encoder.backbone if encoder else None,
        'fewest': pasted.FEWEST,
        'longest': LONGEST,
    }
    return render(request, 'lesson/page.html', beside)


@require_GET
@answered
def run(request: HttpRequest) -> JsonResponse:
    with turn(request, 3):
        return JsonResponse(shown.run(settings_of(request.GET)))


@require_GET
@answered
def ask(request: HttpRequest) -> JsonResponse:
    with turn(request, 1):
        return JsonResponse(shown.ask(settings_of(request.GET), request.GET.get('sentence', '')[:LONGEST]))


@require_GET
@answered
def choices(request: HttpRequest) -> JsonResponse:
    part = whole(request.GET.get('part'), 0, (0, many.PARTS - 1))
    return JsonResponse(many.so_far(request, settings_of(request.GET), part))


@require_POST
@answered
def own(request: HttpRequest) -> JsonResponse:
    text = request.POST.get('text', '')
    pasted.read(text)  # what cannot be read takes no turn
    with turn(request, 30):
        return JsonResponse(pasted.compare(text))
