from django.urls import path

from collecting import api, views

urlpatterns = [
    path('projects/<int:pk>/export/', views.export, name='export'),
    path('projects/<int:pk>/attribution/', views.attribution, name='attribution'),
    path('api/projects/<int:pk>/imports/', api.Imports.as_view(), name='api_imports'),
    path('api/imports/<int:pk>/', api.ImportDetail.as_view(), name='api_import'),
    path('api/imports/<int:pk>/cancel/', api.ImportCancel.as_view(), name='api_import_cancel'),
]
