-- expect: CPU_LIMIT
::again::
goto again
