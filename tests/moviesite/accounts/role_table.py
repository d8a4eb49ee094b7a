"""Who may do what behind /admin/: one row for each page, each action of a list, each further view.

Letters: E catalog editor, O model operator, M moderator, A administrator; - superusers alone.
A new admin page, action or view needs its row here, and its rights in moviesite/accounts/roles.py.
"""

PAGES = """
page                                 view  add  change delete
accounts.auditentry                  A     -    -      -
accounts.invitation                  A     A    -      A
accounts.signuppolicy                A     -    A      -
accounts.user                        A     A    A      A
account.emailaddress                 A     -    -      A
auth.group                           A     -    -      -
catalog.block                        A     A    A      A
catalog.collection                   EA    EA   EA     A
catalog.company                      EA    EA   EA     A
catalog.country                      EA    EA   EA     A
catalog.credit                       EA    EA   EA     A
catalog.dataset                      EA    -    -      -
catalog.datasetjob                   EA    EA   -      -
catalog.diaryentry                   A     A    A      A
catalog.filmchange                   EA    -    -      -
catalog.filmmerge                    EA    -    -      -
catalog.filmrequest                  EA    -    -      -
catalog.friendship                   A     A    A      A
catalog.genre                        EA    EA   EA     A
catalog.hiddenmovie                  A     A    A      A
catalog.keyword                      EA    EA   EA     A
catalog.language                     EA    EA   EA     A
catalog.link                         EA    EA   EA     A
catalog.memberimport                 A     -    -      A
catalog.movie                        EOA   EA   EA     A
catalog.movielist                    MA    A    A      A
catalog.movielistentry               A     A    A      A
catalog.person                       EA    EA   EA     A
catalog.rating                       A     A    A      A
catalog.report                       MA    -    -      A
catalog.seenmovie                    A     -    -      A
catalog.serveraccount                A     A    A      A
catalog.takedown                     MA    -    -      A
catalog.tmdbrefresh                  EA    -    -      -
catalog.waitingrow                   EA    -    -      -
catalog.watchlistentry               A     A    A      A
django_celery_beat.clockedschedule   A     A    A      A
django_celery_beat.crontabschedule   OA    OA   OA     A
django_celery_beat.intervalschedule  OA    OA   OA     A
django_celery_beat.periodictask      OA    A    OA     A
django_celery_beat.solarschedule     A     A    A      A
mfa.authenticator                    A     -    -      A
recommender.modelversion             OA    -    -      -
recommender.retrainingpolicy         OA    -    OA     -
recommender.scenario                 OA    OA   OA     OA
recommender.trainingrun              OA    -    -      -
socialaccount.socialaccount          A     -    -      A
usersessions.usersession             A     A    A      A
"""

# Choices above a list, beside "delete selected", which goes with the column "delete".
ACTIONS = """
page                                 action                    who
account.emailaddress                 make_verified             A
accounts.invitation                  end_selected              A
catalog.movie                        change_selected           EA
catalog.movie                        compare_selected          EA
django_celery_beat.periodictask      enable_tasks              OA
django_celery_beat.periodictask      disable_tasks             OA
django_celery_beat.periodictask      toggle_tasks              OA
django_celery_beat.periodictask      run_tasks                 OA
"""

# Addresses beside the usual ones of a page: by name, with the method that is asked.
VIEWS = """
name                                 method  who
auth_user_password_change            GET     A
catalog_dataset_undo                 POST    EA
catalog_datasetjob_cancel            POST    EA
catalog_datasetjob_confirm           POST    EA
catalog_datasetjob_live              GET     EA
catalog_datasetjob_report            GET     EA
catalog_filmmerge_undo               POST    EA
catalog_movie_compare                GET     EA
catalog_movie_distinct               POST    EA
catalog_movie_doubles                GET     EA
catalog_movie_merge                  POST    EA
catalog_movie_propose                GET     EA
catalog_movie_remove_search          POST    EOA
catalog_movie_save_search            POST    EOA
catalog_movie_undo_change            POST    EA
household-hook                       POST    A
household-hook-remove                POST    A
catalog_report_find                  GET     MA
catalog_report_list                  GET     MA
catalog_report_member                GET     MA
catalog_takedown_answer              POST    MA
recommender_modelversion_compare     GET     OA
recommender_modelversion_pin         POST    OA
recommender_modelversion_publish     POST    OA
recommender_modelversion_rollback    POST    OA
recommender_modelversion_unpin       POST    OA
recommender_trainingrun_cancel       POST    OA
recommender_trainingrun_live         GET     OA
recommender_trainingrun_live_run     GET     OA
recommender_trainingrun_train        POST    OA
site_health                          GET     A
"""


def rows(table: str) -> list[list[str]]:
    """The cells of each row, without the head."""
    return [line.split() for line in table.strip().splitlines()[1:]]
