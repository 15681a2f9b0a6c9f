from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse


def status(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {"environment": settings.ENVIRONMENT, "debug": settings.DEBUG, "database": connection.vendor}
    )
