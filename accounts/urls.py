from django.contrib.auth import views as auth_views
from django.urls import path

from accounts import passwords, signin, signup, views

urlpatterns = [
    path('accounts/', views.account, name='account'),
    path('accounts/login/', signin.SignIn.as_view(), name='login'),
    path('accounts/logout/', auth_views.LogoutView.as_view(), name='logout'),
    path('accounts/link/<uidb64>/<token>/', signin.use_link, name='signin_link'),
    path('accounts/signup/', signup.SignUp.as_view(), name='signup'),
    path('accounts/invitations/', signup.invitations, name='signup_invitations'),
    path('accounts/invitations/<int:pk>/revoke/', signup.revoke, name='signup_invitation_revoke'),
    path('accounts/email/', views.change_email, name='account_email'),
    path('accounts/password/', passwords.Change.as_view(), name='password_change'),
    path('accounts/password/forgotten/', passwords.Forgotten.as_view(), name='password_reset'),
    path('accounts/password/<uidb64>/<token>/', passwords.Choose.as_view(), name='password_reset_confirm'),
    path('accounts/export/', views.export, name='account_export'),
    path('accounts/delete/', views.delete, name='account_delete'),
]
