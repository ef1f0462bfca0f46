from django.urls import path

from predictions import api, views

urlpatterns = [
    path('projects/<int:pk>/test/', views.test, name='test'),
    path('api/projects/<int:pk>/predictions/', api.Predictions.as_view(), name='api_predictions'),
]
