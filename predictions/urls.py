from django.urls import path

from predictions import api, heatmaps, views

urlpatterns = [
    path('projects/<int:pk>/test/', views.test, name='test'),
    path('api/projects/<int:pk>/predictions/', api.Predictions.as_view(), name='api_predictions'),
    path('api/projects/<int:pk>/heatmaps/', heatmaps.Heatmaps.as_view(), name='api_heatmaps'),
]
