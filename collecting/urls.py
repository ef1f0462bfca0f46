from django.urls import path

from collecting import api, operator_views, search_api, views

urlpatterns = [
    path('projects/<int:pk>/export/', views.export, name='export'),
    path('projects/<int:pk>/attribution/', views.attribution, name='attribution'),
    path('operator/imports/<int:pk>/cancel/', operator_views.cancel_import, name='operator_cancel_import'),
    path('operator/searches/<int:pk>/cancel/', operator_views.cancel_search, name='operator_cancel_search'),
    path('api/projects/<int:pk>/imports/', api.Imports.as_view(), name='api_imports'),
    path('api/projects/<int:pk>/imports/preview/', api.ImportPreview.as_view(), name='api_import_preview'),
    path('api/imports/<int:pk>/', api.ImportDetail.as_view(), name='api_import'),
    path('api/projects/<int:pk>/searches/', search_api.Searches.as_view(), name='api_searches'),
    path('api/projects/<int:pk>/build/', search_api.Build.as_view(), name='api_build'),
    path('api/searches/<int:pk>/', search_api.SearchDetail.as_view(), name='api_search'),
    path('api/searches/<int:pk>/more/', search_api.SearchMore.as_view(), name='api_search_more'),
    path('api/searches/<int:pk>/cancel/', search_api.SearchCancel.as_view(), name='api_search_cancel'),
    path('api/searches/<int:pk>/import/', search_api.SearchImport.as_view(), name='api_search_import'),
    path('api/webphotos/<int:pk>/thumbnail/', search_api.WebPhotoFile.as_view(), name='web_photo'),
    path('api/imports/<int:pk>/cancel/', api.ImportCancel.as_view(), name='api_import_cancel'),
]
