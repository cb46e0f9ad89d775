/* A plug-in that is loaded, let go and loaded again, as hosts of plug-ins do, and that leaves the
   host's signals alone. Usage: reload FILE */
#include <dlfcn.h>
#include <nwc.h>
#include <signal.h>
#include <string.h>

static int handlers(void) {
    int number, count = 0;
    for (number = 1; number < 32; number++) {
        struct sigaction action;
        count += !sigaction(number, NULL, &action) && action.sa_handler != SIG_DFL
                 && action.sa_handler != SIG_IGN;
    }
    return count;
}

int main(int argc, char **argv) {
    int i;
    if (argc != 2) return 64;
    for (i = 0; i < 3; i++) {
        int (*create)(const char *, nwc_model **, nwc_detail *);
        void (*release)(nwc_model *);
        nwc_model *model;
        void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        void *function;
        if (!library) return 1;
        /* ISO C knows no conversion of objects to functions. */
        if (!(function = dlsym(library, "nwc_model_create_built_in"))) return 2;
        memcpy(&create, &function, sizeof create);
        if (!(function = dlsym(library, "nwc_model_free"))) return 2;
        memcpy(&release, &function, sizeof release);
        if (create(NULL, &model, NULL)) return 3;
        release(model);
        if (dlclose(library)) return 4;
    }
    return handlers() ? 5 : 0;
}
