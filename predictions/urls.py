from django.urls import path

from predictions import (
    api,
    feedback_api,
    heatmaps,
    key_views,
    links_api,
    links_views,
    review,
    shared,
    snippets,
    spoken,
    suggestions,
    views,
)

urlpatterns = [
    path('accounts/keys/', key_views.keys, name='keys'),
    path('accounts/keys/<int:pk>/revoke/', key_views.revoke, name='key_revoke'),
    path('projects/<int:pk>/review/', review.page, name='review'),
    path('projects/<int:pk>/test/', views.test, name='test'),
    path('projects/<int:pk>/code/', snippets.code, name='code'),
    path('projects/<int:pk>/share/', links_views.share, name='share'),
    path('links/<int:pk>/close/', links_views.close, name='link_close'),
    path('s/<str:token>/', shared.page, name='shared'),
    path('s/<str:token>/predict', shared.predict, name='shared_predict'),
    path('api/projects/<int:pk>/links/', links_api.Links.as_view(), name='api_links'),
    path('api/links/<int:pk>/', links_api.LinkDetail.as_view(), name='api_link'),
    path('api/projects/<int:pk>/predictions/', api.Predictions.as_view(), name='api_predictions'),
    path('api/predictions/<uuid:pk>/feedback/', feedback_api.Feedback.as_view(), name='api_feedback'),
    path('api/predictions/<uuid:pk>/discard/', feedback_api.Discard.as_view(), name='api_discard'),
    path('api/predictions/<uuid:pk>/file/', feedback_api.PredictionFile.as_view(), name='prediction_file'),
    path('api/projects/<int:pk>/heatmaps/', heatmaps.Heatmaps.as_view(), name='api_heatmaps'),
    path('api/projects/<int:pk>/spoken/', spoken.Spoken.as_view(), name='api_spoken'),
    path('api/projects/<int:pk>/suggestions/', suggestions.Suggestions.as_view(), name='api_suggestions'),
]
