"""How much each dimension of the code says."""

import plotly.graph_objects as go
import streamlit as st

from genmodels.latent.order import SILENT
from pages.parts.explore.subject import Subject, subscript
from pages.parts.palette import CONCEPTS
from pages.parts.text import _


@st.fragment
def show(subject: Subject) -> None:
    values = subject.importance[subject.order].tolist()
    names = [f"z{subscript(j + 1)}" for j in subject.order]
    if subject.kl is not None:
        silent = sum(value < SILENT for value in values)
        st.markdown(
            _("The encoder tells **{total:.1f} nats** about a sample, in {active} of {all} dimensions.").format(
                total=sum(values), active=len(values) - silent, all=len(values)
            )
        )
        if silent:
            st.caption(
                _("Silent: {n}, with less than 0.01 nats; the decoder has learned to ignore that.").format(n=silent)
            )
        title, colour = _("KL, nats"), CONCEPTS["kl"].now()
    else:
        st.markdown(_("How much the output changes when one dimension moves and the others stay."))
        title, colour = _("variance of the output"), CONCEPTS["generator"].now()
    figure = go.Figure(go.Bar(x=names, y=values, marker_color=colour, hovertemplate="%{x}: %{y:.3g}<extra></extra>"))
    figure.update_layout(
        height=320, margin={"l": 8, "r": 8, "t": 16, "b": 8}, yaxis_title=title, bargap=0.25, xaxis_type="category"
    )
    st.plotly_chart(figure, key="explore-dimensions", config={"displayModeBar": False})
