from django.urls import path

from lesson import views

urlpatterns = [
    path('how-it-works/', views.page, name='how_it_works'),
    path('how-it-works/run/', views.run, name='lesson_run'),
    path('how-it-works/ask/', views.ask, name='lesson_ask'),
    path('how-it-works/choices/', views.choices, name='lesson_choices'),
    path('how-it-works/own/', views.own, name='lesson_own'),
]
