from django.urls import path, re_path

from accounts import operator as accounts_operator
from training import api, operator_views, version_views, views
from training.consumers import NothingHere, RunConsumer

urlpatterns = [
    path('projects/<int:pk>/train/', views.train, name='train'),
    path('projects/<int:pk>/report/', views.project_report, name='project_report'),
    path('runs/<int:pk>/', views.run, name='run'),
    path('projects/<int:pk>/versions/', version_views.listed, name='versions'),
    path('projects/<int:pk>/versions/compare/', version_views.compared, name='versions_compare'),
    path('versions/<int:pk>/publish/', version_views.publish, name='version_publish'),
    path('versions/<int:pk>/report/', views.report, name='report'),
    path('versions/<int:pk>/report/short/', views.report_short, name='report_short'),
    path('versions/<int:pk>/report/photos/<int:sample>/', views.report_photo, name='report_photo'),
    path('versions/<int:pk>/report/<int:row>/<int:column>/', views.report_cell, name='report_cell'),
    path('operator/', operator_views.page, name='operator'),
    path('operator/runs/<int:pk>/retry/', operator_views.retry, name='operator_retry'),
    path('operator/runs/<int:pk>/cancel/', operator_views.cancel, name='operator_cancel'),
    path('operator/people/<int:pk>/limits/', accounts_operator.person_limits, name='operator_limits'),
    path('operator/audit/', accounts_operator.audit_log, name='operator_audit'),
    path('api/projects/<int:pk>/runs/', api.Runs.as_view(), name='api_runs'),
    path('api/runs/<int:pk>/', api.RunDetail.as_view(), name='api_run'),
    path('api/runs/<int:pk>/cancel/', api.RunCancel.as_view(), name='api_run_cancel'),
    path('api/projects/<int:pk>/versions/', api.Versions.as_view(), name='api_versions'),
    path('api/versions/<int:pk>/', api.VersionDetail.as_view(), name='api_version'),
    path('api/versions/<int:pk>/report/', api.VersionReport.as_view(), name='api_version_report'),
    path('api/versions/<int:pk>/compare/<int:other>/', api.VersionCompare.as_view(), name='api_version_compare'),
    path('api/versions/<int:pk>/publish/', api.VersionPublish.as_view(), name='api_version_publish'),
]
websocket_urlpatterns = [
    path('ws/runs/<int:pk>/', RunConsumer.as_asgi()),
    re_path('', NothingHere.as_asgi()),
]
