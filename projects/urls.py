from django.urls import path

from projects import api, signin, views

urlpatterns = [
    path('', views.dashboard, name='dashboard'),
    path('projects/new/', views.create, name='project_new'),
    path('projects/example/', views.create_example, name='project_example'),
    path('projects/example/<int:number>.jpg', views.example_photo, name='example_photo'),
    path('projects/<int:pk>/', views.project, name='project'),
    path('accounts/link/<uidb64>/<token>/', signin.use_link, name='signin_link'),
    path('api/projects/', api.Projects.as_view(), name='api_projects'),
    path('api/projects/<int:pk>/', api.ProjectDetail.as_view(), name='api_project'),
    path('api/projects/<int:pk>/categories/', api.Categories.as_view(), name='api_categories'),
    path('api/categories/<int:pk>/', api.CategoryDetail.as_view(), name='api_category'),
    path('api/projects/<int:pk>/samples/', api.Samples.as_view(), name='api_samples'),
    path('api/projects/<int:pk>/samples/restore/', api.RestoreSamples.as_view(), name='api_restore_samples'),
    path('api/projects/<int:pk>/duplicates/keep/', api.KeepDuplicate.as_view(), name='api_keep_duplicate'),
    path('api/samples/<int:pk>/', api.SampleDetail.as_view(), name='api_sample'),
    path('api/samples/<int:pk>/file/', api.SampleFile.as_view(), name='sample_file'),
    path('api/samples/<int:pk>/thumbnail/', api.SampleFile.as_view(thumbnail=True), name='sample_thumbnail'),
]
